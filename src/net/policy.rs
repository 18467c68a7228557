//! Which addresses may be reached.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::config::{NetworkConfig, Route};
use crate::net::error::NetError;
use crate::net::network::Network;

/// Ports that publishers serve on.
const PORTS: [u16; 4] = [80, 443, 8080, 8443];

/// IPv4 networks without public servers, from the IANA special-purpose registry, and metadata services with public addresses.
const DENIED_V4: [Network; 18] = [
    Network::v4(0, 0, 0, 0, 8),        // this network (RFC 791)
    Network::v4(10, 0, 0, 0, 8),       // private (RFC 1918)
    Network::v4(100, 64, 0, 0, 10),    // carrier-grade NAT (RFC 6598); 100.100.100.200 is Alibaba's metadata
    Network::v4(127, 0, 0, 0, 8),      // loopback
    Network::v4(168, 63, 129, 16, 32), // Azure's wire server
    Network::v4(169, 254, 0, 0, 16),   // link-local (RFC 3927); 169.254.169.254 is most clouds' metadata
    Network::v4(172, 16, 0, 0, 12),    // private
    Network::v4(192, 0, 0, 0, 24),     // protocol assignments (RFC 6890); 192.0.0.192 is Oracle's metadata
    Network::v4(192, 0, 2, 0, 24),     // documentation (RFC 5737)
    Network::v4(192, 31, 196, 0, 24),  // AS112
    Network::v4(192, 52, 193, 0, 24),  // AMT
    Network::v4(192, 88, 99, 0, 24),   // 6to4 relays, deprecated (RFC 7526)
    Network::v4(192, 168, 0, 0, 16),   // private
    Network::v4(198, 18, 0, 0, 15),    // benchmarks (RFC 2544)
    Network::v4(198, 51, 100, 0, 24),  // documentation
    Network::v4(203, 0, 113, 0, 24),   // documentation
    Network::v4(224, 0, 0, 0, 4),      // multicast
    Network::v4(240, 0, 0, 0, 4),      // reserved, and broadcast
];

/// IPv6: only global unicast is public at all.
const GLOBAL_V6: Network = Network::v6(0x2000, 0, 0, 3);

/// Parts of global unicast without public servers.
const DENIED_V6: [Network; 5] = [
    Network::v6(0x2001, 0, 0, 23),         // protocol assignments: Teredo (2001::/32), ORCHID, benchmarks
    Network::v6(0x2001, 0xdb8, 0, 32),     // documentation
    Network::v6(0x2002, 0, 0, 16),         // 6to4: reaches any IPv4 address
    Network::v6(0x2620, 0x4f, 0x8000, 48), // AS112
    Network::v6(0x3fff, 0, 0, 20),         // documentation (RFC 9637)
];

/// The well-known NAT64 prefix (RFC 6052): what a resolver answers on a network without IPv4.
const NAT64: Network = Network::v6(0x64, 0xff9b, 0, 96);

/// Top-level domains of private networks: reserved (RFC 6761, RFC 6762, RFC 8375, ICANN's .internal), or collided with so often that they were never
/// given out.
const LOCAL_DOMAINS: [&str; 11] = ["localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "test", "invalid"];

/// Which destinations requests may go to. A value: tests permit loopback by it.
#[derive(Debug, Clone)]
pub struct AddressPolicy {
    allowed: Vec<Network>,
    ports: BTreeSet<u16>,
    any_port: bool,
}

impl AddressPolicy {
    /// Public addresses on the usual ports.
    pub fn public() -> Self {
        Self { allowed: Vec::new(), ports: PORTS.into_iter().collect(), any_port: false }
    }

    /// The public policy with the ports and networks that the operator opened.
    pub fn from_config(config: &NetworkConfig) -> Result<Self, NetError> {
        let mut policy = Self::public();
        policy.ports.extend(&config.extra_ports);
        for network in &config.dangerously_allow_networks {
            policy = policy.allow_network(network)?;
        }
        Ok(policy)
    }

    /// Permits a network in CIDR notation though it is private.
    pub fn allow_network(mut self, network: &str) -> Result<Self, NetError> {
        self.allowed.push(network.parse().map_err(NetError::Policy)?);
        Ok(self)
    }

    /// Permits every port.
    #[must_use]
    pub fn allow_any_port(mut self) -> Self {
        self.any_port = true;
        self
    }

    /// True when a connection to the address is permitted.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = match address {
            IpAddr::V6(v6) => embedded_v4(v6).map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        if self.allowed.iter().any(|network| network.contains(address)) {
            return true;
        }
        match address {
            IpAddr::V4(_) => !DENIED_V4.iter().any(|network| network.contains(address)),
            IpAddr::V6(_) => GLOBAL_V6.contains(address) && !DENIED_V6.iter().any(|network| network.contains(address)),
        }
    }

    /// Checks all of an address that can be checked before its name is resolved.
    ///
    /// # Errors
    /// [`NetError::Policy`] for another scheme than http and https, a user name or password, a port that is not permitted, or an
    /// IP literal (in any notation that the URL standard reads as one) that is not.
    pub fn check(&self, url: &Url) -> Result<(), NetError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NetError::Policy(format!("scheme {} is neither http nor https", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NetError::Policy("it holds a user name or password".to_owned()));
        }
        let port = url.port_or_known_default().unwrap_or(0);
        if !self.any_port && !self.ports.contains(&port) {
            return Err(NetError::Policy(format!("port {port} is not among the permitted ports (see network.extra_ports)")));
        }
        let literal = match url.host() {
            None => return Err(NetError::Policy("it has no host".to_owned())),
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
            Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
        };
        if self.permits(literal) { Ok(()) } else { Err(NetError::Policy(format!("{literal} is not a public address"))) }
    }

    /// Checks what the route makes of a name.
    ///
    /// Through a proxy, names are resolved where we cannot look: what a name stands for is then the proxy's knowledge, and only names that are
    /// local by their form are refused. A proxy must not itself reach networks that nobody shall reach through it.
    ///
    /// # Errors
    /// [`NetError::Policy`] for a local name by way of a proxy, and for an onion address without one: no name server may hear it (RFC 7686).
    pub fn check_route(&self, url: &Url, route: &Route) -> Result<(), NetError> {
        let Some(Host::Domain(host)) = url.host() else { return Ok(()) };
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let (rest, top) = host.rsplit_once('.').unwrap_or(("", &host));
        match route {
            Route::Direct if top == "onion" => {
                Err(NetError::Policy("an onion address is reached through a network path to Tor only: set network in the source".to_owned()))
            }
            Route::Path(_) if rest.is_empty() || LOCAL_DOMAINS.contains(&top) || host.ends_with(".home.arpa") => {
                Err(NetError::Policy(format!("{host} is a name inside of a private network")))
            }
            _ => Ok(()),
        }
    }
}

/// The IPv4 address that an IPv6 address leads to: mapped (`::ffff:0:0/96`) and NAT64 forms. 6to4 and Teredo are refused as a whole.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return Some(mapped);
    }
    let [.., a, b, c, d] = address.octets();
    NAT64.contains(IpAddr::V6(address)).then(|| Ipv4Addr::new(a, b, c, d))
}

#[cfg(test)]
mod tests {
    use super::AddressPolicy;

    #[track_caller]
    fn check(address: &str, expect: bool) {
        assert_eq!(AddressPolicy::public().permits(address.parse().unwrap()), expect, "{address}");
    }

    #[test]
    fn public_addresses_are_permitted_in_every_form() {
        for address in ["1.1.1.1", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.0.3.1", "198.17.0.1", "223.255.255.255"] {
            check(address, true);
        }
        for address in ["2606:4700::1111", "2a00:1450:4001::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2001:200::1"] {
            check(address, true);
        }
    }

    #[test]
    fn private_addresses_are_denied_in_every_form() {
        for address in
            ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1"]
        {
            check(address, false);
            check(&format!("::ffff:{address}"), false);
            check(&format!("64:ff9b::{address}"), false);
            check(&format!("::{address}"), false);
        }
        for address in [
            "::",
            "::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2001::1",
            "100::1",
            "64:ff9b:1::1",
        ] {
            check(address, false);
        }
    }

    #[test]
    fn an_opened_network_is_permitted_and_nothing_else_with_it() {
        let policy = AddressPolicy::public().allow_network("10.9.0.0/16").unwrap();
        assert!(policy.permits("10.9.1.1".parse().unwrap()));
        assert!(policy.permits("::ffff:10.9.1.1".parse().unwrap()));
        assert!(!policy.permits("10.8.1.1".parse().unwrap()));
        assert!(AddressPolicy::public().allow_network("10.9.0.0/99").is_err());
    }
}
