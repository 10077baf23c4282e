// RFC 6890 and the IANA special-purpose address registries: addresses that are not out on the public internet.
import { BlockList, isIP } from 'node:net';

const PRIVATE_NETWORKS = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private (RFC 1918)
  '100.64.0.0/10', // carrier-grade NAT (RFC 6598)
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, with the metadata services of AWS
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays, withdrawn
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
  '::/96', // unspecified, loopback, IPv4-compatible
  '::ffff:0:0:0/96', // IPv4-translated (RFC 2765), withdrawn
  '64:ff9b::/47', // NAT64, but for what NAT64 below finds: also the local-use prefix (RFC 8215)
  '100::/64', // discard-only
  '2001::/23', // protocol assignments, with Teredo
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, withdrawn, with an IPv4 address inside
  '3fff::/20', // documentation
  '5f00::/16', // segment routing
  'fc00::/7', // unique local
  'fe80::/10', // link-local
  'fec0::/10', // site-local, withdrawn
  'ff00::/8', // multicast
];

const privateNetworks = blockListOf(PRIVATE_NETWORKS);
const loopback = blockListOf(['127.0.0.0/8', '::1/128']);

/** An address under the well-known prefix of NAT64 (RFC 6052), by which an IPv6-only subnet reaches the IPv4 internet. */
const NAT64 = /^64:ff9b::((?:[\da-f]{1,4}:)?[\da-f]{1,4})$/;

/**
 * Tells whether an IP address is on the public internet, and nowhere else; an IPv4 address inside an IPv6 one counts as
 * itself. What is not an address is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !privateNetworks.check(address, 'ipv4');
  // The one spelling of RFC 5952; an address with a zone has none, and is link-local.
  const canonical = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1);
  // BlockList compares an IPv4-mapped address with the IPv4 networks.
  return canonical !== undefined && !privateNetworks.check(canonical.replace(NAT64, '::ffff:$1'), 'ipv6');
}

/** Tells whether an IP address is this very machine. */
export function isLoopbackAddress(address: string): boolean {
  return isIP(address) !== 0 && loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
