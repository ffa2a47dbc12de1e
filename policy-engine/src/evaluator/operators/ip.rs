//! Addresses and ranges (docs/semantics.md#ip-operators).

use std::net::IpAddr;

/// A range of addresses; a single address is a range of size one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    address: IpAddr,
    prefix: u32,
}

/// Whether an address or a range can contain the character.
pub fn is_letter(character: char) -> bool {
    character.is_ascii_hexdigit() || matches!(character, '.' | ':' | '/')
}

impl Range {
    /// Parses an address or `address/prefix`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) if prefix.bytes().all(|byte| byte.is_ascii_digit()) => {
                prefix.parse().ok()?
            }
            Some(_) => return None,
            None => width,
        };
        (prefix <= width).then_some(Self { address, prefix })
    }

    /// Whether an address is in the range; an IPv4 range contains no IPv6 address, and the reverse.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(range), IpAddr::V4(address)) => {
                u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0)
                    & (range.to_bits() ^ address.to_bits())
                    == 0
            }
            (IpAddr::V6(range), IpAddr::V6(address)) => {
                u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0)
                    & (range.to_bits() ^ address.to_bits())
                    == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_contain_by_value() {
        for (range, address, expected) in [
            ("203.0.113.0/24", "203.0.113.9", true),
            ("203.0.113.77/24", "203.0.113.9", true),
            ("203.0.113.9", "203.0.113.9", true),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:0DB8:0:0::5", true),
            ("::/0", "::1", true),
        ] {
            assert_eq!(
                Range::parse(range)
                    .unwrap()
                    .contains(address.parse().unwrap()),
                expected,
                "{range} {address}"
            );
        }
        for text in ["203.0.113.*", "1.2.3.4/33", "1.2.3.4/+8", "1.2.3", ""] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}
