//! The time of a run.

/// The day, in UTC; `SOURCE_DATE_EPOCH` may say another one, so that a run can be repeated.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::tz::TimeZone::UTC.to_datetime(now()).date()
}

/// The time, or that of `SOURCE_DATE_EPOCH`.
pub(crate) fn now() -> jiff::Timestamp {
    let said = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| text.parse().ok())
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    said.unwrap_or_else(jiff::Timestamp::now)
}
