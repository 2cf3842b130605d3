/**
 * Brings a recording from a link into the blob store. People write these addresses, so none may lead into the network
 * that we run in: every one is resolved once, all it resolves to is judged, and the connection goes to just that.
 */
import { promises as dns, type LookupAddress } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { BlockList, isIP, isIPv4, type LookupFunction, type TcpNetConnectOpts } from 'node:net';
import { z } from 'zod';
import { HansardError } from '../errors.ts';
import type { BlobStore } from '../pipeline/blobs/blob-store.ts';
import type { Fetcher } from '../pipeline/fetch-handler.ts';
import { type Answer, downloadRecording } from './download-recording.ts';

const MOST_CHARACTERS = 4_096;
/** Per address of a host that has several. Node's own 250 ms is less than a satellite link needs. */
const CONNECT_MS = 2_500;

export const linkSource = z.looseObject({ kind: z.literal('link'), url: z.string(), name: z.string() });

/** How names become addresses and addresses connections. For tests, which thus can leave the guard as it is. */
export interface LinkNetwork {
  resolve(hostname: string): Promise<LookupAddress[]>;
  /** Where a judged address is reached. */
  reach(address: LookupAddress): LookupAddress;
  port: number;
  /** A certificate that is trusted; undefined for those that Node trusts. */
  ca: string | undefined;
}

const internet: LinkNetwork = {
  resolve: hostname => dns.lookup(hostname, { all: true }),
  reach: address => address,
  port: 443,
  ca: undefined,
};

export interface LinkFetcherOptions {
  blobs: BlobStore;
  workDir: string;
  maxBytes: number;
  network?: LinkNetwork;
}

export function createLinkFetcher({ blobs, workDir, maxBytes, network = internet }: LinkFetcherOptions): Fetcher {
  return async (source, context) =>
    downloadRecording({
      blobs,
      workDir,
      context,
      url: parseLink(linkSource.parse(source).url),
      ask: (url, headers, signal) => ask(network, parseLink(url.href), headers, signal),
      sizeBytes: undefined,
      maxBytes,
      faults: { unavailable: 'link_unavailable', refused: 'link_refused' },
      asWebPage: () => new HansardError('web_page', 'the link leads to a page'),
    });
}

/**
 * What people give as a link. Where its name leads is judged when it is fetched, an address at once. The detail of the
 * error tells no more than the host, since the rest may be a secret.
 * @throws HansardError `link_refused`
 */
export function parseLink(text: string): URL {
  const url = text.length <= MOST_CHARACTERS ? URL.parse(text.trim()) : null;
  if (!url) throw new HansardError('link_refused', 'not an address');
  if (url.protocol !== 'https:') throw new HansardError('link_refused', `${url.protocol} instead of https:`);
  if (url.username || url.password) throw new HansardError('link_refused', `a password for ${url.hostname}`);
  if (url.port) throw new HansardError('link_refused', `port ${url.port} of ${url.hostname}`);
  const host = hostOf(url);
  if (isIP(host)) assertPublic(host, [host]);
  url.hash = '';
  return url;
}

async function ask(
  network: LinkNetwork,
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  const host = hostOf(url);
  const addresses = await unlessAborted(network.resolve(host), signal);
  assertPublic(
    host,
    addresses.map(({ address }) => address),
  );
  const message = await request(network, url, { addresses: addresses.map(network.reach), headers, signal });
  const encoding = message.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    message.destroy();
    throw new HansardError('link_refused', `${host} sends it as ${encoding}, though asked not to`);
  }
  return {
    status: message.statusCode ?? 0,
    header: name => [message.headers[name]].flat()[0],
    body: message,
  };
}

interface Request {
  addresses: LookupAddress[];
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

function request(network: LinkNetwork, url: URL, { addresses, headers, signal }: Request): Promise<IncomingMessage> {
  const options: https.RequestOptions & Pick<TcpNetConnectOpts, 'autoSelectFamilyAttemptTimeout'> = {
    host: hostOf(url),
    port: network.port,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, 'user-agent': 'Hansard', 'accept-encoding': 'identity', ...headers },
    signal,
    lookup: alwaysTo(addresses),
    autoSelectFamilyAttemptTimeout: CONNECT_MS,
    // neither a connection that another request opened under this name, nor the proxy of NODE_USE_ENV_PROXY
    agent: false,
    rejectUnauthorized: true,
    ...(network.ca && { ca: network.ca }),
  };
  return new Promise((resolve, reject) => {
    const sent = https.get(options);
    sent.on('error', reject);
    sent.on('response', message => {
      message.on('error', () => {}); // as in fromResponse
      resolve(message);
    });
  });
}

/** In place of a second look-up, which a hostile name server would answer in another way. */
function alwaysTo(addresses: LookupAddress[]): LookupFunction {
  return (hostname, { all }, done) => {
    const [first] = addresses;
    if (all) done(null, addresses);
    else if (first) done(null, first.address, first.family);
    else done(new Error(`${hostname} has no address`), '');
  };
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}

/** The name, or the address without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** One that is not public spoils all: a name that mixes them is out for no good. */
function assertPublic(host: string, addresses: readonly string[]): void {
  if (addresses.length === 0) throw new HansardError('link_unavailable', `${host} has no address`);
  const inside = addresses.find(address => !isPublic(address));
  if (inside) throw new HansardError('link_refused', `${host} is ${inside}, which is not public`);
}

function isPublic(address: string): boolean {
  if (isIPv4(address)) return !specialIPv4.check(address);
  return isIP(address) === 6 && globalIPv6.check(address, 'ipv6') && !specialIPv6.check(address, 'ipv6');
}

/** IANA's registry of special addresses (RFC 6890), and the rest that no host of the public Internet has. */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // between a carrier and its customers
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // the platform's own services inside Azure, though it looks public
  ['169.254.0.0', 16], // link-local, with the metadata of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocols
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
] as const;

/** The well-known prefix of NAT64 (RFC 6052); in networks without IPv4 every host that has no IPv6 is under it. */
const NAT64 = '64:ff9b::';

/**
 * All the rest is loopback, unspecified, IPv4-mapped, unique-local, link-local, multicast, a NAT64 of somebody's own, or
 * not given out.
 */
const globalIPv6 = new BlockList();
globalIPv6.addSubnet('2000::', 3, 'ipv6');
globalIPv6.addSubnet(NAT64, 96, 'ipv6');

const specialIPv4 = new BlockList();
const specialIPv6 = new BlockList();
for (const [network, bits] of SPECIAL_IPV4) {
  specialIPv4.addSubnet(network, bits);
  specialIPv6.addSubnet(`${NAT64}${network}`, 96 + bits, 'ipv6');
}
specialIPv6.addSubnet('2001::', 23, 'ipv6'); // protocols, among them Teredo, which wraps IPv4
specialIPv6.addSubnet('2001:db8::', 32, 'ipv6'); // documentation
specialIPv6.addSubnet('2002::', 16, 'ipv6'); // 6to4, which wraps IPv4
specialIPv6.addSubnet('3ffe::', 16, 'ipv6'); // given back
specialIPv6.addSubnet('3fff::', 20, 'ipv6'); // documentation
