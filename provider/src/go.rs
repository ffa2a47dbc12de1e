//! Durations in the syntax of Go, which flags use.

use std::time::Duration;

/// A duration as `time.ParseDuration` of Go reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GoDuration {
    /// Zero or more.
    Positive(Duration),
    /// Below zero.
    Negative,
}

/// Reads a sequence of decimal numbers with units, such as `1m30s` or `1.5h`.
pub(crate) fn parse_duration(text: &str) -> Option<GoDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(GoDuration::Positive(Duration::ZERO));
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0f64;
    while !rest.is_empty() {
        let number_end = rest
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(number_end)?;
        let unit_end = after
            .find(|character: char| character.is_ascii_digit() || character == '.')
            .unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(unit_end)?;
        let seconds = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        if number.is_empty() || number == "." {
            return None;
        }
        let padded = format!("0{number}");
        total += padded.parse::<f64>().ok()? * seconds;
        rest = next;
    }
    if negative && total > 0.0 {
        return Some(GoDuration::Negative);
    }
    Duration::try_from_secs_f64(total)
        .ok()
        .map(GoDuration::Positive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        let millis = |text| match parse_duration(text) {
            Some(GoDuration::Positive(duration)) => Some(duration.as_millis()),
            _ => None,
        };
        assert_eq!(millis("100ms"), Some(100));
        assert_eq!(millis("1m30s"), Some(90_000));
        assert_eq!(millis("1.5s"), Some(1_500));
        assert_eq!(millis(".5s"), Some(500));
        assert_eq!(millis("0"), Some(0));
        assert_eq!(millis("2us"), Some(0));
        assert_eq!(parse_duration("-100ms"), Some(GoDuration::Negative));
        for text in ["", "100", "2 s", "10d", "s", ".s", "1..2s", "-", "1é"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
