/** The caller's mistake, or something that the admin function cannot do: repeating the command does not help. */
export class CommandInvalid extends Error {
  /** @param message  names the field, the value received and what is allowed */
  constructor(message: string) {
    super(message);
    this.name = 'CommandInvalid';
  }
}

/**
 * The command was not confirmed: the revocation table, the function or the network had trouble, also when repeated.
 * Perhaps it was carried out, perhaps not: the message says what is known. It is safe to give it again later.
 */
export class NotConfirmed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NotConfirmed';
  }
}

/**
 * The admin function was not reached, and will not be until somebody changes something: no such function, no right to
 * invoke it, no credentials, an answer that is not one of an admin function. The command was not carried out.
 */
export class NotReached extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NotReached';
  }
}
