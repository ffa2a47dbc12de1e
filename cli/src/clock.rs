//! The time of a run.

/// The date in UTC; `SOURCE_DATE_EPOCH` overrides it, so that a run can be repeated.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::tz::TimeZone::UTC.to_datetime(now()).date()
}

/// The time; `SOURCE_DATE_EPOCH` overrides it.
pub(crate) fn now() -> jiff::Timestamp {
    let epoch = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| text.parse().ok())
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    epoch.unwrap_or_else(jiff::Timestamp::now)
}
