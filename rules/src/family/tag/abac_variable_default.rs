//! TAG116 `abac-variable-default`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::document::tags::reading;
use crate::finding::Findings;
use crate::text::variables::{principal_tag, variables};

rule! {
    /// Flags a default for a tag of the caller where the tag keeps tenants apart.
    ///
    /// # Why it matters
    ///
    /// Whoever has no tags (an IRSA session, a person, an association with tags turned off) becomes that tenant.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace, 'shared'}"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    "TAG116" "abac-variable-default", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, action) in reading(document) {
        for condition in &statement.conditions {
            for value in &condition.values {
                let found = variables(value.text.literal())
                    .into_iter()
                    .find(|(variable, ..)| {
                        variable.default.is_some() && principal_tag(variable).is_some()
                    });
                let Some((variable, ..)) = found else {
                    continue;
                };
                let default = variable.default.as_deref().unwrap_or("");
                let probe = Probe::meeting(document, statement, action, |_| false);
                let probe = probe.map(|probe| {
                    probe
                        .without(variable.key.name())
                        .with(key(condition), default)
                });
                let Some(proof) = probe.and_then(|probe| probe.allowed(context, document)) else {
                    continue;
                };
                let draft = document
                    .in_statement(
                        statement,
                        value.origin,
                        "a default",
                        format!("whoever lacks the tag reads what is tagged `{default}`"),
                    )
                    .because(default)
                    .help(format!("${{{}}}", variable.key.name()))
                    .request(Some(proof));
                findings.add(draft);
            }
        }
    }
}
