//! Files of this program's own: the configuration and requests.

use super::part::Part;

/// `ascp-policy.toml`
pub(super) const CONFIGURATION: Part = Part::Members(&[
    ("fail-on", Part::Text),
    ("severity-threshold", Part::Text),
    ("max-warnings", Part::Text),
    ("require-reason", Part::Text),
    ("baseline", Part::Text),
    (
        "rules",
        Part::Members(&[
            ("select", Part::Text),
            ("extend-select", Part::Text),
            ("ignore", Part::Text),
            ("severity", Part::All),
            ("options", Part::All),
        ]),
    ),
    (
        "overrides",
        Part::Members(&[
            ("paths", Part::Text),
            ("ignore", Part::Text),
            ("severity", Part::All),
            ("reason", Part::Text),
            ("until", Part::Text),
        ]),
    ),
    (
        "suppress",
        Part::Members(&[
            ("code", Part::Text),
            ("codes", Part::Text),
            ("object", Part::Text),
            ("paths", Part::Text),
            ("reason", Part::Text),
            ("until", Part::Text),
        ]),
    ),
]);

/// Requests: nothing but names, ARNs and context that the user states.
pub(super) const REQUESTS: Part = Part::All;
