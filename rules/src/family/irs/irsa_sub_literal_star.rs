//! IRS104 `irsa-sub-literal-star`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key, literal_values};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use policy_engine::policy::PolicyType;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a wildcard in the subject of a web identity that an exact operator compares.
    ///
    /// # Why it matters
    ///
    /// It is compared letter by letter: nobody can assume the role.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com", "oidc.eks.us-east-1.amazonaws.com/id/EX:sub": "system:serviceaccount:dev:*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com", "oidc.eks.us-east-1.amazonaws.com/id/EX:sub": "system:serviceaccount:dev:app"}}}
    /// ```
    "IRS104" "irsa-sub-literal-star", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document).filter(|(_, condition)| {
        key(condition).ends_with(":sub") && document.kind == PolicyType::Trust
    }) {
        let exact = condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::StringEquals && !operator.negated
        });
        for (value, place) in
            literal_values(condition).filter(|(value, _)| exact && has_wildcard(value))
        {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "no wildcard here",
                    format!("`{value}` is compared letter by letter"),
                )
                .because(value)
                .help("list the subjects that are meant");
            findings.add(draft);
        }
    }
}
