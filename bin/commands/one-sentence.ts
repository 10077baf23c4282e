import { escapeControls } from './escape-controls.ts';

const LONGEST_CHARS = 1000;

/** The compact form of a JWT begins with a base64url-coded `{`, whatever follows it. */
const TOKEN = /\be[yw][\w-]{6,}\.[\w-]+(\.[\w-]*)*/g;

/** Replaces everything that looks like a token. */
export function redactTokens(text: string): string {
  return text.replace(TOKEN, '[token]');
}

/** Makes a message fit for one line of a terminal: no line breaks, no control characters, no token, one full stop. */
export function oneSentence(message: string): string {
  const line = redactTokens(escapeControls(message.replace(/\s+/g, ' ').trim()));
  const short = line.length > LONGEST_CHARS ? `${line.slice(0, LONGEST_CHARS)}...` : line;
  return /[.!?]$/.test(short) ? short : `${short}.`;
}
