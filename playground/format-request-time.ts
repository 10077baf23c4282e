/** Formats a time as API Gateway does in `requestTime`, like `09/Apr/2015:12:34:56 +0000`. */
export function formatRequestTime(date: Date): string {
  const [, day, month, year, time] = date.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
