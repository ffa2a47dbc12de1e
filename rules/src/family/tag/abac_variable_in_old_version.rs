//! TAG115 `abac-variable-in-old-version`.

use crate::check::{Check, rule};
use crate::finding::Grade;
use crate::finding::{Draft, Fix};
use crate::mount::cause::{Case, Refusal, TagTest};

rule! {
    /// Flags a variable in a policy without `Version`, or of version 2008-10-17.
    ///
    /// # Why it matters
    ///
    /// There it is literal text and never equal. In a negated test it is never equal either, which then holds for everybody.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///            read-own:
    /// -            - Effect: Allow
    /// -              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// -              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// -              Condition: &own
    /// +            Version: "2008-10-17"
    /// +            Statement:
    /// +            - Effect: Allow
    /// +              Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    /// +              Resource: arn:aws:secretsmanager:*:*:secret:*
    /// +              Condition: &own
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the version of 2012.
    "TAG115" "abac-variable-in-old-version", High Break High,
    needs: [Roles], aws: [], fix: Some(Grade::Repair), Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::OldVersion(nearest, miss) = refusal.tag_test()? else {
        return None;
    };
    let document = &nearest.document;
    let version = document.version.as_ref();
    let place = version.map_or(document.origin, |version| version.origin);
    let message = case.message("`${…}` is literal text in policies before version 2012-10-17");
    let draft = case
        .at(place, "variables do not exist in this version", message)
        .related(miss.origin, "compared letter by letter")
        .help("\"Version\": \"2012-10-17\"")
        .evidence(miss);
    Some(match version {
        Some(_) => draft.fix(Fix {
            grade: Grade::Repair,
            edits: vec![(place, "\"2012-10-17\"".into())],
        }),
        None => draft,
    })
}
