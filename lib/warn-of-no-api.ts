import { AttachableAuthorizer } from './attachable-authorizer.ts';
import { beforeSynthesis } from './before-synthesis.ts';
import { findOwner } from './find-owner.ts';
import { warn } from './warn.ts';

/** Warns of an authorizer that protects no API of this application, neither itself nor imported. */
export function warnOfNoApi(authorizer: AttachableAuthorizer): void {
  beforeSynthesis(authorizer, () => {
    const isAttached = authorizer.node.root.node
      .findAll()
      .filter(
        (each): each is AttachableAuthorizer => each instanceof AttachableAuthorizer && each._isAttached,
      )
      .some(
        (each) => each === authorizer || findOwner(each, each.authorizerFunction.functionArn) === authorizer,
      );
    if (isAttached) return;
    warn(
      authorizer,
      'noApi',
      'No API of this application is attached to the authorizer, so it protects nothing here; give a method or route authorizer.forRestApi(), forRestApiRequest(), forHttpApi() or forWebSocketApi(), or acknowledge this warning if its APIs are attached elsewhere.',
    );
  });
}
