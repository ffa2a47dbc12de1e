//! Answers of Secrets Manager: everything about secrets but their values.

use super::{Reader, Subject, home_of, stated, with_absent};
use crate::{
    fields::member,
    resource::Noun,
    value::{hole, text},
};
use policy_engine::{
    syntax::node::{Node, Value},
    text::Text,
};

impl Reader<'_> {
    /// `describe-secret`.
    pub(super) fn secret(&mut self, node: &Node) {
        if node.get("SecretVersionsToStages").is_some() {
            return self.listed_secret(node);
        }
        self.with_attributes(
            node,
            with_absent(node, &["Tags", "KmsKeyId", "ReplicationStatus"]),
        );
    }

    /// An entry of `list-secrets`, which does not contain the replicas.
    ///
    /// AWS: Secrets Manager API Reference, `SecretListEntry`
    pub(super) fn listed_secret(&mut self, node: &Node) {
        self.with_attributes(node, with_absent(node, &["Tags", "KmsKeyId"]));
    }

    fn with_attributes(&mut self, node: &Node, mut attributes: Node) {
        let Some(mut subject) = self.described(node) else {
            return;
        };
        leave_replicas_open(&mut attributes);
        let region = subject.home.region.clone().unwrap_or_default();
        let primary = member(node, "PrimaryRegion").filter(|primary| primary.value != region);
        if let Some(primary) = primary {
            attributes = of_replica(node, &region, &subject);
            subject.arn = subject
                .arn
                .map(|arn| in_region(&arn, &region, &primary.value));
            subject.home.region = Some(primary.value);
        }
        self.adapt(Noun::Secret, subject, &attributes);
    }

    /// `get-resource-policy`; without a policy the secret has none.
    pub(super) fn secret_policy(&mut self, node: &Node) {
        if let Some(subject) = self.described(node) {
            let attributes = with_absent(node, &["ResourcePolicy"]);
            self.adapt(Noun::Secret, subject, &attributes);
        }
    }

    /// A secret of which only the identity is known.
    fn described(&mut self, node: &Node) -> Option<Subject> {
        let arn = self.required(node, "ARN", "a secret")?;
        let name = self.required(node, "Name", "a secret")?;
        let home = home_of(&self.arn(&arn)?);
        let origin = name.origin;
        Some(Subject {
            name,
            arn: Some(Text::from(arn.value)),
            home,
            is_whole: false,
            origin,
        })
    }
}

/// Leaves open which replicas exist that are not in sync: one that failed may never have been made.
///
/// AWS: Secrets Manager API Reference, `ReplicationStatusType`.
fn leave_replicas_open(attributes: &mut Node) {
    let Value::Map(members) = &mut attributes.value else {
        return;
    };
    let replicas = members
        .iter_mut()
        .find(|(key, _)| key.as_str() == Some("ReplicationStatus"));
    let Some((_, replicas)) = replicas else {
        return;
    };
    let Value::List(replicas) = &mut replicas.value else {
        return;
    };
    for replica in replicas {
        let status = member(replica, "Status");
        if let Some(status) = status.filter(|status| status.value != "InSync") {
            *replica = hole(
                "whether a replica that is not in sync exists",
                status.origin,
            );
        }
    }
}

/// The answer of a replica: its key is that of its region, and it names no other replica.
fn of_replica(node: &Node, region: &str, subject: &Subject) -> Node {
    let origin = subject.origin;
    let mut members = vec![("Region", text(region, origin))];
    members.extend(node.get("KmsKeyId").map(|key| ("KmsKeyId", key.clone())));
    let replica = stated(members, origin);
    let kept = ["Tags", "DeletedDate"].into_iter();
    let mut members: Vec<_> = kept
        .filter_map(|name| Some((name, node.get(name)?.clone())))
        .collect();
    let value = Value::List(vec![replica, hole("", origin)]);
    members.push(("ReplicationStatus", Node { value, origin }));
    with_absent(&stated(members, node.origin), &["Tags"])
}

/// An ARN as it is in another region.
fn in_region(arn: &Text, from: &str, to: &str) -> Text {
    let moved = arn
        .literal()
        .replacen(&format!(":{from}:"), &format!(":{to}:"), 1);
    Text::from(moved)
}
