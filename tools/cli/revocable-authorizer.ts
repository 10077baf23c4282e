#!/usr/bin/env node
// The clone's own command line tool, run from source: `npx revocable-authorizer`.
import '../../bin/cli.ts';
