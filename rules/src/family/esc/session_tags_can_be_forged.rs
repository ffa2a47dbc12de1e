//! ESC111 `session-tags-can-be-forged`.

use crate::ask::probe::{Probe, SESSION_TAGS, principal_of, without_wildcards};
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{is_positive, key, literal_values};
use crate::document::{Document, Owner, entries, matches_action};
use crate::finding::{Findings, Proof};
use crate::world::by_tag::{self, always_tagged, has_trust};
use policy_engine::inventory::Role;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::{Condition, PrincipalEntry, PrincipalKind, Statement};
use policy_engine::request::Principal;
use policy_engine::syntax::arn::Arn;
use std::collections::BTreeSet;

rule! {
    /// Flags a role whose permissions depend on session tags, if its trust policy allows principals other than EKS to set
    /// them.
    ///
    /// # Why it matters
    ///
    /// A principal that may call `sts:AssumeRole` and `sts:TagSession` can set `kubernetes-namespace` to any value. The
    /// session can then read the secrets of any tenant.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///          trust: &pods-of-prod
    /// +          - Effect: Allow
    /// +            Principal: { AWS: arn:aws:iam::111122223333:root }
    /// +            Action: [sts:AssumeRole, sts:TagSession]
    ///            - Effect: Allow
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only EKS to assume the role:
    ///
    /// ```yaml
    /// trust:
    ///   - Effect: Allow
    ///     Principal: { Service: pods.eks.amazonaws.com }
    ///     Action: [sts:AssumeRole, sts:TagSession]
    ///     Condition:
    ///       StringEquals: { aws:SourceAccount: "111122223333" }
    ///       ArnEquals: { aws:SourceArn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "pods" {
    ///   statement {
    ///     actions = ["sts:AssumeRole", "sts:TagSession"]
    ///     principals {
    ///       type        = "Service"
    ///       identifiers = ["pods.eks.amazonaws.com"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    "ESC111" "session-tags-can-be-forged", Critical Leak High,
    properties: [OnePerPlace, YieldsToMounts, OnePerStatement], options: [TRUSTED_ADMINS], needs: [Roles], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let inventory = context.inventory;
    let by_tag = by_tag::roles(inventory, &context.index);
    let trusts = context.documents.iter();
    for document in trusts.filter(|document| document.kind == PolicyType::Trust) {
        let Owner::Role(role) = document.owner else {
            continue;
        };
        let sharing = by_tag.iter().filter(|own| has_trust(own.role, document));
        let grants: BTreeSet<_> = sharing.flat_map(|own| &own.grants).collect();
        if grants.is_empty() {
            continue;
        }
        let trust = Trust {
            context,
            document,
            role,
            grants: &grants,
        };
        for statement in naming(document, TAG_SESSION) {
            let forged = entries(statement).find_map(|entry| {
                let proof = trust.forged(statement, entry)?;
                Some((entry, proof))
            });
            let Some((entry, (tag, proof))) = forged else {
                continue;
            };
            let message = format!(
                "this principal can assume `{}` with the session tags of any tenant",
                document.object
            );
            let help = help(statement, entry, &tag);
            let draft = document
                .in_statement(
                    statement,
                    entry.value.origin,
                    "can set any session tag",
                    message,
                )
                .because(TAG_SESSION)
                .help(help)
                .request(Some(proof));
            findings.add(draft);
        }
    }
}

/// The change: the other principals of the statement keep the permission to set tags.
fn help(statement: &Statement, entry: &PrincipalEntry, tag: &str) -> String {
    let who = entry.value.text.to_string();
    if entries(statement).count() > 1 {
        return format!(
            "move \"{who}\" to a statement of its own with sts:AssumeRole only: the other principals of this statement set tags"
        );
    }
    format!(
        "remove sts:TagSession from this statement, or deny it to \"{who}\" in a statement with \"Null\": {{\"aws:RequestTag/{tag}\": \"false\"}}"
    )
}

const ASSUME: &str = "sts:AssumeRole";
const TAG_SESSION: &str = "sts:TagSession";

/// The statements of a trust policy that allow an action.
fn naming<'d>(document: &'d Document<'_>, action: &'d str) -> impl Iterator<Item = &'d Statement> {
    document
        .allows()
        .filter(move |own| matches_action(own, action))
}

/// The trust policy of a role whose grants depend on tags of the caller.
struct Trust<'t, 'c> {
    context: &'t Context<'c>,
    document: &'t Document<'c>,
    role: &'c Role,
    grants: &'t BTreeSet<&'t BTreeSet<String>>,
}

impl Trust<'_, '_> {
    /// A tag, and a request with the tag of another tenant that a statement allows a principal which can also assume the role.
    fn forged(&self, statement: &Statement, entry: &PrincipalEntry) -> Option<(String, Proof)> {
        let mut callers = self.callers(statement, entry);
        if is_wide(entry) {
            // The other statement can name one of many.
            let assuming = naming(self.document, ASSUME);
            callers.extend(assuming.flat_map(|own| {
                let entries = entries(own);
                entries.flat_map(|entry| self.callers(own, entry))
            }));
        }
        callers.iter().find_map(|caller| {
            let mut grants = self.grants.iter();
            grants.find_map(|tags| self.forges(statement, caller, tags))
        })
    }

    /// Whether a caller can set every tag of a grant. Sessions of a role that always has the tags of EKS keep their values.
    fn forges(
        &self,
        statement: &Statement,
        caller: &Principal,
        tags: &BTreeSet<String>,
    ) -> Option<(String, Proof)> {
        let is_kept = |tag: &&String| {
            let mut own = SESSION_TAGS.iter();
            own.any(|(name, _)| name == tag) && self.is_tagged(caller)
        };
        let tags: Vec<&String> = tags.iter().filter(|tag| !is_kept(tag)).collect();
        let proofs = tags.iter().map(|tag| {
            // The key of a session tag has no case, the values of `aws:TagKeys` have (docs/semantics.md#pod-identity-session-tags).
            let spellings = [(*tag).clone(), tag.to_ascii_uppercase()];
            let mut spellings = spellings.iter();
            spellings.find_map(|spelling| {
                let forge = |probe: Probe| {
                    let probe = probe.by(caller.clone()).without("aws:PrincipalArn");
                    let forging = |probe: Probe, tag: &&String| {
                        probe.with(&format!("aws:RequestTag/{tag}"), "another-tenant")
                    };
                    tags.iter()
                        .fold(probe, forging)
                        .with("aws:TagKeys", spelling)
                };
                self.asks(statement, forge)
            })
        });
        let proofs: Option<Vec<Proof>> = proofs.collect();
        let proof = proofs?.into_iter().next()?;
        Some(((*tags.first()?).clone(), proof))
    }

    /// Whether a request is allowed to tag the session by this statement, and to assume the role by any.
    fn asks(&self, statement: &Statement, forge: impl Fn(Probe) -> Probe) -> Option<Proof> {
        let (context, document) = (self.context, self.document);
        let tagging = forge(Probe::meeting(document, statement, TAG_SESSION, |_| false)?);
        let proof = tagging.resource_allows(context, document)?;
        let is_own = tagging.resource_allows_alone(context, document, statement);
        let mut assuming = naming(document, ASSUME);
        let assumes = assuming.any(|own| {
            let probe = Probe::meeting(document, own, ASSUME, |_| false).map(&forge);
            probe.is_some_and(|probe| {
                probe.resource_allows(context, document).is_some()
                    && !probe.denied_in_world(context)
            })
        });
        (is_own && assumes && !tagging.denied_in_world(context)).then_some(proof)
    }

    /// Callers that an entry of a statement admits: the named principal, those of a condition on `aws:PrincipalArn`, or an invented role of the account.
    fn callers(&self, statement: &Statement, entry: &PrincipalEntry) -> Vec<Principal> {
        let is_arn = |own: &&Condition| {
            let is_positive = own.parsed.is_some_and(is_positive);
            is_positive && key(own).eq_ignore_ascii_case("aws:PrincipalArn")
        };
        if !matches!(entry.kind, PrincipalKind::Aws | PrincipalKind::Everyone) {
            return Vec::new();
        }
        let narrowed = statement.conditions.iter().find(is_arn);
        if let Some(condition) = narrowed.filter(|_| is_wide(entry)) {
            let texts = literal_values(condition).map(|(text, _)| without_wildcards(text));
            return texts
                .filter_map(|text| Principal::parse(&text).ok())
                .collect();
        }
        if !is_wide(entry) {
            return principal_of(&entry.value.text).into_iter().collect();
        }
        let Some(text) = entry.value.text.known() else {
            return Vec::new();
        };
        let own = Arn::parse(&self.role.arn);
        let (partition, account) = match Arn::parse(text) {
            Some(arn) => (arn.partition, arn.account),
            None if is_account(text) => (own.map_or("aws", |arn| arn.partition), text),
            None => own.map_or(("aws", "111122223333"), |arn| (arn.partition, arn.account)),
        };
        let caller = format!("arn:{partition}:iam::{account}:role/anybody");
        Principal::parse(&caller).into_iter().collect()
    }

    /// Whether the sessions of a caller always have the tags of EKS.
    fn is_tagged(&self, caller: &Principal) -> bool {
        let Principal::Session { role, .. } = caller else {
            return false;
        };
        let index = &self.context.index;
        let role = index.role(&role.to_string());
        role.is_some_and(|role| always_tagged(index, &self.context.pods, role))
    }
}

/// Whether an entry names everyone or an account.
fn is_wide(entry: &PrincipalEntry) -> bool {
    let text = entry.value.text.literal();
    entry.kind == PrincipalKind::Everyone
        || text == "*"
        || text.ends_with(":root")
        || is_account(text)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
