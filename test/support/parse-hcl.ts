/** A block of HCL: `resource "type" "name" { ... }`. Values stay as they are written. */
export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly blocks: readonly HclBlock[];
}

const TOKEN = /\s*(?:#[^\n]*\n\s*)*(?:([A-Za-z_][\w-]*)|("(?:\\.|\$\{[^}]*\}|[^"\\])*")|([{}=]))/y;

/**
 * Parses the part of HCL that the examples are written in: blocks, attributes, strings, lists and objects, comments.
 *
 * Does NOT understand expressions; it only finds where they end. Heredocs are refused.
 *
 * @throws {Error} with the place where the text stops making sense
 */
export function parseHcl(text: string): readonly HclBlock[] {
  let at = 0;
  const blocks = bodyUntil(true).blocks;
  return blocks;

  function fail(): never {
    const line = text.slice(0, at).split('\n').length;
    throw new Error(`line ${line}: ${JSON.stringify(text.slice(at, at + 40))}`);
  }

  function next(): { name?: string; label?: string; sign?: string } | undefined {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) return undefined;
    at = TOKEN.lastIndex;
    const [, name, label, sign] = found;
    return { ...(name && { name }), ...(label && { label }), ...(sign && { sign }) };
  }

  function bodyUntil(isFile: boolean): Pick<HclBlock, 'attributes' | 'blocks'> {
    const attributes: Record<string, string> = {};
    const inner: HclBlock[] = [];
    for (;;) {
      const token = next();
      if (token === undefined) {
        if (isFile && /^\s*(#[^\n]*\s*)*$/.test(text.slice(at))) return { attributes, blocks: inner };
        return fail();
      }
      if (token.sign === '}' && !isFile) return { attributes, blocks: inner };
      const { name } = token;
      if (name === undefined || name in attributes) return fail();
      const labels: string[] = [];
      let after = next();
      while (after?.label !== undefined) {
        labels.push(JSON.parse(after.label) as string);
        after = next();
      }
      if (after?.sign === '{') inner.push({ type: name, labels, ...bodyUntil(false) });
      else if (after?.sign === '=' && labels.length === 0) attributes[name] = expression();
      else return fail();
    }
  }

  /** To the end of the line on which every bracket is closed. */
  function expression(): string {
    const from = at;
    const open: string[] = [];
    for (; at < text.length; at += 1) {
      const char = text[at] ?? '';
      if (char === '"') {
        const string = /"(?:\\.|\$\{[^}]*\}|[^"\\\n])*"/y;
        string.lastIndex = at;
        if (!string.test(text)) return fail();
        at = string.lastIndex - 1;
      } else if ('([{'.includes(char)) open.push(char);
      else if (')]}'.includes(char)) {
        if (open.pop() !== { ')': '(', ']': '[', '}': '{' }[char]) return fail();
      } else if (char === '<' && text[at + 1] === '<') return fail();
      else if (char === '\n' && open.length === 0) break;
    }
    const value = text.slice(from, at).trim();
    return value === '' || open.length > 0 ? fail() : value;
  }
}
