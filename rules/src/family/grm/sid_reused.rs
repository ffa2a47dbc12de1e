//! GRM115 `sid-reused`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, mistakes::mistakes};
use crate::finding::Findings;
use policy_engine::policy::parse::Mistake;

rule! {
    /// Flags two statements of one Sid in the policy of a resource.
    ///
    /// # Why it matters
    ///
    /// Some services take it, others refuse it; and no tool can say which of the two it means.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// [{"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}, {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:DescribeSecret", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// [{"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}, {"Sid": "Describe", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:DescribeSecret", "Resource": "*"}]
    /// ```
    "GRM115" "sid-reused", Medium Fragile High,
    needs: [Policies], aws: ["UNIQUE_SIDS_RECOMMENDED"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if crate::document::is_lenient(document.kind) {
        findings.extend(mistakes(document, &RULE, &[Mistake::DuplicateSid]));
    }
}
