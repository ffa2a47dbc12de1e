//! Instants: ISO 8601 as IAM accepts it, or seconds since 1970 (docs/semantics.md#date-operators).

/// Nanoseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(i128);

/// Whether a date has a time of day and no offset, so that UTC applies (U-21).
pub fn lacks_offset(text: &str) -> bool {
    text.split_once(['T', 't'])
        .is_some_and(|(_, time)| !time.contains(['Z', 'z', '+', '-']))
}

/// Whether a date can contain the character.
pub fn is_letter(character: char) -> bool {
    character.is_ascii_digit() || matches!(character, '-' | '+' | ':' | '.' | 'T' | 't' | 'Z' | 'z')
}

const SECOND: i128 = 1_000_000_000;

/// Parses a date; missing parts are the earliest instant, and without an offset UTC applies (U-21).
pub fn parse(text: &str) -> Option<Instant> {
    if let Some(seconds) = epoch(text) {
        return Some(Instant(seconds * SECOND));
    }
    let mut reader = Reader(text);
    let year = reader.digits(4)?;
    let month = if reader.take('-') {
        reader.digits(2)?
    } else {
        return reader.end(days(year, 1, 1)?, 0);
    };
    let day = if reader.take('-') {
        reader.digits(2)?
    } else {
        return reader.end(days(year, month, 1)?, 0);
    };
    let days = days(year, month, day)?;
    if !reader.take('T') && !reader.take('t') {
        return reader.end(days, 0);
    }
    let hour = reader.digits(2).filter(|hour| *hour < 24)?;
    let minute = reader
        .take(':')
        .then(|| reader.digits(2))
        .flatten()
        .filter(|minute| *minute < 60)?;
    let second = if reader.take(':') {
        reader.digits(2).filter(|second| *second < 60)?
    } else {
        0
    };
    let nanoseconds = if reader.take('.') {
        reader.fraction()?
    } else {
        0
    };
    let offset = reader.offset()?;
    let seconds = i128::from(hour * 3600 + minute * 60 + second) - i128::from(offset) * 60;
    reader.end(days, seconds * SECOND + nanoseconds)
}

fn epoch(text: &str) -> Option<i128> {
    // Four digits are a year.
    if text.len() == 4 || text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse::<i64>().ok().map(i128::from)
}

struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn take(&mut self, character: char) -> bool {
        match self.0.strip_prefix(character) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let digits = self
            .0
            .get(..count)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        self.0 = self.0.get(count..)?;
        digits.parse().ok()
    }

    fn fraction(&mut self) -> Option<i128> {
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 || count > 9 {
            return None;
        }
        let digits = self.digits(count)?;
        Some(i128::from(digits) * 10_i128.pow(u32::try_from(9 - count).ok()?))
    }

    /// Minutes east of UTC.
    fn offset(&mut self) -> Option<i64> {
        if self.0.is_empty() || self.take('Z') || self.take('z') {
            return Some(0);
        }
        let sign = if self.take('-') {
            -1
        } else {
            self.take('+').then_some(1)?
        };
        let hours = self.digits(2).filter(|hours| *hours < 24)?;
        let minutes = if self.0.is_empty() {
            0
        } else {
            self.take(':');
            self.digits(2).filter(|minutes| *minutes < 60)?
        };
        Some(sign * (hours * 60 + minutes))
    }

    fn end(&self, days: i64, nanoseconds: i128) -> Option<Instant> {
        self.0
            .is_empty()
            .then(|| Instant(i128::from(days) * 86_400 * SECOND + nanoseconds))
    }
}

/// Days from 1970-01-01, by the proleptic Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // March is the first month, so that the leap day comes last.
    let shifted = (month + 9) % 12;
    let year = if month <= 2 { year - 1 } else { year };
    let before = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(before + (shifted * 153 + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i128> {
        parse(text).map(|instant| instant.0 / SECOND)
    }

    #[test]
    fn dates_are_instants() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2026-01-01"), Some(1_767_225_600));
        assert_eq!(seconds("2026"), Some(1_767_225_600));
        assert_eq!(seconds("1767225600"), Some(1_767_225_600));
        assert_eq!(
            seconds("2026-01-01T00:00:00+02:00"),
            Some(1_767_225_600 - 7200)
        );
        assert_eq!(seconds("2024-02-29t12:30z"), Some(1_709_209_800));
        assert!(parse("2026-01-01T00:00:00.5Z") > parse("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn only_a_time_of_day_needs_an_offset() {
        for text in [
            "2026",
            "2026-01-01",
            "1767225600",
            "2026-01-01T00:00Z",
            "2026-01-01t00:00-02",
        ] {
            assert!(!lacks_offset(text), "{text}");
        }
        assert!(lacks_offset("2026-01-01T00:00"));
    }

    #[test]
    fn other_text_is_not_a_date() {
        for text in [
            "",
            "soon",
            "2026-13-01",
            "2026-02-30",
            "2026-01-01T25:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01x",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
