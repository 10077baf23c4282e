import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { escapeControlCharacters } from './control-characters.ts';

/** Each line costs money for every request: no field that CloudWatch knows already, none that nobody asked for. */
class ShortLine extends LogFormatter {
  override formatAttributes({ logLevel }: UnformattedAttributes, fields: LogAttributes): LogItem {
    return new LogItem({ attributes: { level: logLevel } }).addAttributes(fields);
  }
}

/**
 * Opens the log of a function: one JSON object a line, made of the fields that the caller names.
 *
 * Control characters are written as texts such as `\\u001b`. So no value can forge a line or move the reader's cursor, even
 * where a viewer undoes the escapes of JSON.
 */
export function openJsonLog(): Logger {
  return new Logger({
    logFormatter: new ShortLine(),
    jsonReplacerFn: (_name, value) => (typeof value === 'string' ? escapeControlCharacters(value) : value),
  });
}
