//! ESC121 `node-role-reads-secrets`.

use crate::ask::probe::{Probe, SESSION_TAGS, session_of};
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::reading;
use crate::document::{Document, Owner, entries};
use crate::finding::{Draft, Findings};
use crate::rule::Severity;
use policy_engine::inventory::{Inventory, Parameter, Role};
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::PrincipalEntry;
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags a role of nodes with permission to read secrets. A role with `AmazonEKSWorkerNodePolicy` is a role of nodes.
    ///
    /// # Why it matters
    ///
    /// Every pod that can reach the instance metadata service gets the credentials of the node's role, in any namespace.
    /// Conditions on session tags do not separate these pods.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///      roles:
    /// +      node:
    /// +        trust:
    /// +          - Effect: Allow
    /// +            Principal: { Service: ec2.amazonaws.com }
    /// +            Action: sts:AssumeRole
    /// +        attach: [arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy, arn:aws:iam::aws:policy/SecretsManagerReadWrite]
    ///        pod-reader:
    /// ```
    ///
    /// # Accepted
    ///
    /// Attach only the policies that a node requires, and give the read to the role of the pods:
    ///
    /// ```yaml
    /// node:
    ///   trust:
    ///     - Effect: Allow
    ///       Principal: { Service: ec2.amazonaws.com }
    ///       Action: sts:AssumeRole
    ///   attach: [arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy]
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_iam_role_policy_attachment" "node" {
    ///   role       = aws_iam_role.node.name
    ///   policy_arn = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html>
    /// * <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    "ESC121" "node-role-reads-secrets", Critical Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Roles], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for role in &context.inventory.roles {
        if !role
            .attached
            .list
            .iter()
            .any(|arn| arn.value.ends_with(":policy/AmazonEKSWorkerNodePolicy"))
        {
            continue;
        }
        let name = context.inventory.role_name(&role.arn);
        let managed = role.attached.list.iter().filter_map(|arn| {
            let policies = &mut context.inventory.policies.iter();
            let policy = policies.find(|policy| policy.arn == arn.value)?;
            let is_of_aws = Arn::parse(&arn.value).is_some_and(|arn| arn.account == "aws");
            Some((arn.origin, &policy.document, is_of_aws))
        });
        let inline = role.inline.list.iter().map(|own| (own.origin, own, false));
        for (place, policy, is_of_aws) in inline.chain(managed) {
            let owner = Owner::Role(role);
            let document = Document::new(PolicyType::Identity, policy, owner, name.clone());
            let proof = reading(&document).find_map(|(statement, action)| {
                let probe = untagged(Probe::meeting(&document, statement, action, |_| false)?);
                let proof = probe.allowed(context, &document)?;
                (!probe.denied_in_world(context)).then_some(proof)
            });
            let Some(proof) = proof else { continue };
            let draft = Draft::new(
                &*name,
                place,
                "reads secrets",
                format!("the node role `{name}` may call {}", proof.action),
            )
            .because(&*policy.name)
            .related(role.origin, "the role")
            .help(if is_of_aws {
                FROM_AWS
            } else {
                "remove the permission from the node role, and give it to the role of the pods"
            })
            .once(role.origin);
            let is_known = has_values(context.inventory, &proof.action);
            let draft = draft.request(Some(proof));
            findings.add(if is_known {
                draft
            } else {
                draft
                    .severity(Severity::Medium)
                    .note("the sources contain no parameter with an encrypted value")
            });
        }
        by_secrets(context, role, findings);
    }
}

/// The change of a node role that has a policy of AWS, which nobody can edit.
const FROM_AWS: &str = "deny the action to the node role in a policy of its own, or keep pods from the metadata service: `http_put_response_hop_limit = 1`";

/// Whether the sources contain values that an action returns; a secret need not be known.
fn has_values(inventory: &Inventory, action: &str) -> bool {
    let is_encrypted = |parameter: &Parameter| parameter.secure.known() != Some(&false);
    !action.starts_with("ssm:") || inventory.parameters.iter().any(is_encrypted)
}

/// Reports policies of secrets that allow the role of the nodes: in its account they are enough (docs/semantics.md#same-account).
fn by_secrets(context: &Context<'_>, role: &Role, findings: &mut Findings) {
    let name = context.inventory.role_name(&role.arn);
    let policies = context.documents.iter();
    let policies = policies.filter(|own| matches!(own.owner, Owner::Secret(_)));
    for document in policies.map(Document::afresh) {
        let allowing = reading(&document).find_map(|(statement, action)| {
            let own = |entry: &&PrincipalEntry| entry.value.text == *role.arn.text();
            let entry = entries(statement).find(own)?;
            let probe = Probe::meeting(&document, statement, action, |_| false)?;
            let probe = untagged(probe.by(session_of(&role.arn)));
            let proof = probe.resource_allows(context, &document)?;
            (!probe.denied_in_world(context)).then_some((entry, proof))
        });
        let Some((entry, proof)) = allowing else {
            continue;
        };
        let message = format!("the node role `{name}` may call {}", proof.action);
        let draft = Draft::new(&*name, entry.value.origin, "reads secrets", message)
            .because(&*document.policy.name)
            .related(role.origin, "the role")
            .help("remove the node role from the policy, and name the role of the pods")
            .request(Some(proof))
            .once(entry.value.origin);
        findings.add(draft);
    }
}

/// A request of a session of nodes, which has no session tags (docs/semantics.md#pod-identity-session-tags).
fn untagged(probe: Probe) -> Probe {
    let tags = SESSION_TAGS.iter();
    tags.fold(probe, |probe, (tag, _)| {
        probe.without(&format!("aws:PrincipalTag/{tag}"))
    })
}
