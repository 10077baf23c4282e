/** Waits for the outcome, but no longer than so many milliseconds. What was begun goes on all the same. */
export async function withinTimeout<T>(outcome: Promise<T>, timeoutMs: number): Promise<T | 'timed out'> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timed out'>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'timed out');
  });
  return Promise.race([outcome, timeout]).finally(() => clearTimeout(timer));
}
