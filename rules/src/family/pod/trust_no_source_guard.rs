//! POD104 `trust-no-source-guard`.

use crate::conditions::key;
use crate::context::Context;
use crate::document::{Document, Owner, is_allow};
use crate::finding::Findings;
use crate::probe::speaks_of;
use crate::rule::{Check, rule};
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::Statement;
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags a role that EKS may assume for any cluster: no test of `aws:SourceAccount`, `aws:SourceArn`, `aws:SourceOrgID`,
    /// `aws:SourceOrgPaths` or of the cluster's tag. It is not flagged where all
    /// associations are known.
    ///
    /// # Why it matters
    ///
    /// The principal is a service, not a cluster. Whoever may pass the role can bind it to a namespace of a cluster of his own.
    /// AWS's own example has no such test, so it is a hint.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}
    /// ```
    "POD104" "trust-no-source-guard", Info Leak Medium,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    let guarded = |statement: &Statement| {
        statement.conditions.iter().any(|one| {
            crate::conditions::is_source(key(one))
                || key(one).to_ascii_lowercase().starts_with("aws:requesttag/")
        })
    };
    let open = document.statements().iter().find(|one| {
        is_allow(one)
            && crate::document::lets_pods_in(one)
            && speaks_of(one, "sts:AssumeRole")
            && !guarded(one)
    });
    let Some(statement) = open else { return };
    let place = statement
        .principal
        .as_ref()
        .map_or(statement.origin, |one| one.origin);
    let draft = document
        .in_statement(
            statement,
            place,
            "for any cluster",
            format!("EKS may assume `{}` for any cluster", document.object),
        )
        .help("test `aws:SourceAccount`, and `aws:SourceArn` with the ARN of the cluster");
    let known = match document.owner {
        Owner::Role(role) => Arn::parse(&role.arn).is_some_and(|arn| {
            context
                .inventory
                .closed
                .contains("associations", arn.account)
        }),
        _ => false,
    };
    if !known {
        findings.add(draft);
    }
}
