//! IP addresses in conditions: docs/semantics.md#ip-operators.

use crate::document::{
    Document,
    conditions::{each, key, literal_values},
};
use policy_engine::{
    policy::{
        condition::Comparison,
        statement::{Condition, Statement},
    },
    source::Origin,
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address and the length of its prefix; a single address has the full length.
pub(crate) fn range(text: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let whole = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Some(whole), |length| length.parse().ok())?;
    (length <= whole).then_some((address, length))
}

/// A range with zeros after its prefix.
pub(crate) fn network(text: &str) -> Option<String> {
    let (address, length) = range(text).filter(|_| text.contains('/'))?;
    let address = match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            IpAddr::from(Ipv4Addr::from(u32::from(address) & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            IpAddr::from(Ipv6Addr::from(u128::from(address) & mask))
        }
    };
    Some(format!("{address}/{length}"))
}

/// The tests of `aws:SourceIp` with private ranges, each with the places of these and the number of all its values.
pub(crate) fn source<'d>(
    document: &'d Document<'_>,
    negated: bool,
) -> impl Iterator<Item = (&'d Statement, &'d Condition, Vec<Origin>, usize)> {
    let tests = each(document).filter(move |(_, condition)| {
        let operator = condition.parsed;
        let addresses = operator
            .is_some_and(|own| own.comparison == Comparison::IpAddress && own.negated == negated);
        addresses && key(condition).eq_ignore_ascii_case("aws:SourceIp")
    });
    tests.filter_map(|(statement, condition)| {
        let private = literal_values(condition).filter(|(text, _)| is_private(text));
        let private: Vec<_> = private.map(|(_, place)| place).collect();
        let all = condition.values.len();
        (!private.is_empty()).then_some((statement, condition, private, all))
    })
}

/// Whether every address of a range is private (RFC 1918, RFC 4193).
fn is_private(text: &str) -> bool {
    match range(text) {
        Some((IpAddr::V4(address), length)) => {
            let [first, second, ..] = address.octets();
            (first == 10 && length >= 8)
                || (first == 172 && (16..32).contains(&second) && length >= 12)
                || (first == 192 && second == 168 && length >= 16)
        }
        Some((IpAddr::V6(address), length)) => address.is_unique_local() && length >= 7,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_ranges_differ_from_public_ranges() {
        for text in ["10.0.0.0/8", "172.31.0.0/16", "192.168.1.1", "fd00::/8"] {
            assert!(is_private(text), "{text}");
        }
        for text in [
            "0.0.0.0/0",
            "172.0.0.0/8",
            "203.0.113.0/24",
            "2001:db8::/32",
            "x",
        ] {
            assert!(!is_private(text), "{text}");
        }
    }
}
