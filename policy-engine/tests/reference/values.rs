//! Numbers, dates, addresses and bytes written as text (docs/semantics.md#values-that-cannot-be-read).

use std::{
    cmp::Ordering,
    net::{Ipv4Addr, Ipv6Addr},
};

/// A decimal: whether it is negative, its digits before the point and those behind it.
pub(crate) struct Decimal {
    negative: bool,
    whole: String,
    fraction: String,
}

/// Integers or decimals with an optional sign, nothing else (U-20).
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0').to_owned();
    let fraction = fraction.trim_end_matches('0').to_owned();
    let zero = whole.is_empty() && fraction.is_empty();
    Some(Decimal {
        negative: text.starts_with('-') && !zero,
        whole,
        fraction,
    })
}

pub(crate) fn compare_decimals(left: &Decimal, right: &Decimal) -> Ordering {
    let size = |left: &Decimal, right: &Decimal| {
        left.whole
            .len()
            .cmp(&right.whole.len())
            .then_with(|| left.whole.cmp(&right.whole))
            .then_with(|| left.fraction.cmp(&right.fraction))
    };
    match (left.negative, right.negative) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => size(left, right),
        (true, true) => size(right, left),
    }
}

/// Nanoseconds since the epoch: an ISO 8601 date, or a number of seconds.
pub(crate) fn instant(text: &str) -> Option<i128> {
    const SECOND: i128 = 1_000_000_000;
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits && text.len() != 4 {
        return text
            .parse::<i64>()
            .ok()
            .map(|seconds| i128::from(seconds) * SECOND);
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    if parts.len() > 3 || (time.is_some() && parts.len() != 3) {
        return None;
    }
    let year = digits(parts[0], 4)?;
    let month = parts.get(1).map_or(Some(1), |month| digits(month, 2))?;
    let day = parts.get(2).map_or(Some(1), |day| digits(day, 2))?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [
        31,
        if leap { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    if !(1..=12).contains(&month) {
        return None;
    }
    let month = usize::try_from(month).ok()?;
    if day < 1 || day > lengths[month - 1] {
        return None;
    }
    let leap_days = |year: i128| year / 4 - year / 100 + year / 400;
    let before = |year: i128| 365 * year + leap_days(year - 1);
    let days = before(year) - before(1970) + lengths[..month - 1].iter().sum::<i128>() + day - 1;
    let nanos = time.map_or(Some(0), time_of_day)?;
    Some(days * 86_400 * SECOND + nanos)
}

/// `hh:mm[:ss[.fraction]]` with `Z`, an offset or none (UTC, U-21), as nanoseconds since midnight UTC.
fn time_of_day(text: &str) -> Option<i128> {
    const SECOND: i128 = 1_000_000_000;
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let offset = match offset.chars().next() {
        None => 0,
        Some('Z' | 'z') if offset.len() == 1 => 0,
        Some(sign @ ('+' | '-')) => {
            let (hours, minutes) = offset[1..].split_once(':').unwrap_or((&offset[1..], "00"));
            let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3_600 + minutes * 60;
            if sign == '+' { seconds } else { -seconds }
        }
        Some(_) => return None,
    };
    let parts: Vec<&str> = clock.split(':').collect();
    if parts.len() != 2 && parts.len() != 3 {
        return None;
    }
    let (hours, minutes) = (digits(parts[0], 2)?, digits(parts[1], 2)?);
    let (seconds, fraction) = match parts.get(2) {
        None => (0, 0),
        Some(text) => match text.split_once('.') {
            None => (digits(text, 2)?, 0),
            Some((seconds, fraction)) => {
                if fraction.is_empty() || fraction.len() > 9 {
                    return None;
                }
                let padded = format!("{fraction:0<9}");
                (digits(seconds, 2)?, digits(&padded, 9)?)
            }
        },
    };
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Some((hours * 3_600 + minutes * 60 + seconds - offset) * SECOND + fraction)
}

fn digits(text: &str, count: usize) -> Option<i128> {
    let plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// An address as its family's number of bits, and the bits.
pub(crate) fn address(text: &str) -> Option<(u32, u128)> {
    if let Ok(four) = text.parse::<Ipv4Addr>() {
        return Some((32, u128::from(u32::from(four))));
    }
    let six = text.parse::<Ipv6Addr>().ok()?;
    Some((128, u128::from(six)))
}

/// Whether an address lies in a range; without a prefix the range is one address.
pub(crate) fn in_range(value: (u32, u128), range: &str) -> bool {
    let (base, prefix) = match range.split_once('/') {
        Some((base, prefix)) => (base, Some(prefix)),
        None => (range, None),
    };
    let Some((bits, base)) = address(base) else {
        return false;
    };
    let length = match prefix {
        None => bits,
        Some(text) => match text.parse::<u32>() {
            Ok(length) if length <= bits => length,
            _ => return false,
        },
    };
    let host_bits = bits - length;
    let network = |address: u128| address.checked_shr(host_bits).unwrap_or(0);
    value.0 == bits && network(value.1) == network(base)
}

/// Whether a text is a range of addresses.
pub(crate) fn is_range(text: &str) -> bool {
    let base = text.split('/').next().unwrap_or_default();
    address(base).is_some_and(|address| in_range(address, text))
}

/// Standard base64 with padding.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if !text.is_ascii() || !text.len().is_multiple_of(4) {
        return None;
    }
    let data = text.trim_end_matches('=');
    if text.len() - data.len() > 2 {
        return None;
    }
    let mut bits = 0_u32;
    let mut count = 0;
    let mut bytes = Vec::new();
    for character in data.chars() {
        let value = u32::try_from(ALPHABET.find(character)?).ok()?;
        bits = (bits << 6 | value) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}
