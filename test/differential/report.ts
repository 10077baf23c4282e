import type { Answer } from './cases.ts';
import type { ComparedRequest } from './known-differences.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';

/** How the answers of both gateways compare with what AWS answers, and with each other. */
export class Report {
  readonly #problems: string[] = [];
  readonly #seen = new Map<string, number>();
  #answers = 0;

  get isGood(): boolean {
    return this.#problems.length === 0;
  }

  /**
   * Notes the answers to one request.
   *
   * @param name  of the request, for people
   * @param here  of the local gateway
   * @param there  of MiniStack
   */
  note(name: string, request: ComparedRequest, here: Answer, there: Answer): void {
    this.#answers += 1;
    const { expected } = request;
    const problems: string[] = [];
    if (!isAsExpected(here, expected))
      problems.push(`the local gateway ${show(here)}, AWS ${show(expected)}`);
    if (there.status !== here.status || there.says !== here.says) {
      const known = KNOWN_DIFFERENCES.find(({ instead }) => isAsExpected(there, instead(request)));
      if (known) this.#seen.set(known.name, (this.#seen.get(known.name) ?? 0) + 1);
      else problems.push(`MiniStack ${show(there)}, the local gateway ${show(here)}`);
    }
    if (problems.length > 0) this.#problems.push(`${name}: ${problems.join('; ')}`);
  }

  print(): void {
    for (const [name, count] of this.#seen) console.log(`known difference, ${count} times: ${name}`);
    for (const problem of this.#problems) console.error(problem);
    console.log(`${this.#answers - this.#problems.length} passed, ${this.#problems.length} failed`);
  }
}

/** REST APIs say how a policy refuses; that the policy refuses is what we expect, and both gateways have to say how alike. */
const HOW = ' with an explicit deny';

function isAsExpected({ status, says }: Answer, expected: Answer | undefined): boolean {
  return status === expected?.status && (says === expected.says || says === `${expected.says}${HOW}`);
}

function show({ status, says }: Answer): string {
  return `answers ${status} «${says}»`;
}
