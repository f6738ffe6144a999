//! URLs, strictly read.

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hyper::Uri;

/// A server and a path on it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Endpoint {
    pub(crate) secure: bool,
    /// Without the brackets of an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Host and port, as in a URL and the `Host` header.
    pub(crate) authority: String,
    /// With its query.
    pub(crate) path: String,
}

impl Endpoint {
    /// Reads an `http` or `https` URL without a user.
    pub(crate) fn read(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let secure = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?.as_str();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port_of(port)?)),
            _ => (authority, None),
        };
        let host = if let Some(address) = host.strip_prefix('[') {
            let address = address.strip_suffix(']')?;
            address.parse::<Ipv6Addr>().ok()?;
            address
        } else {
            is_name_or_address(host).then_some(host)?
        };
        Some(Self {
            secure,
            host: host.into(),
            port: port.unwrap_or(if secure { 443 } else { 80 }),
            authority: authority.into(),
            path: uri
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .into(),
        })
    }

    /// Whether it is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let address: Option<IpAddr> = self.host.parse().ok();
        self.host.eq_ignore_ascii_case("localhost")
            || address.is_some_and(|address| address.is_loopback())
    }
}

/// One to five digits.
fn port_of(text: &str) -> Option<u16> {
    let is_number = text.len() <= "65535".len() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Whether it is a host. What only some take for an address, such as `127.1` and `0x7f.0.0.1`, is none.
fn is_name_or_address(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_of_label = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !label.is_empty() && label.bytes().all(is_of_label)
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or(last.strip_prefix("0X"));
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    name.split('.').all(is_label) && (!is_number || host.parse::<Ipv4Addr>().is_ok())
}
