//! TAG119 `namespace-without-cluster`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::reading;
use crate::document::{Document, Owner, resources};
use crate::finding::Findings;
use crate::text::globs::overlap;
use policy_engine::inventory::{Association, Role};
use policy_engine::policy::statement::{Statement, Written};
use policy_engine::source::Origin;
use policy_engine::syntax::arn::Arn;
use std::collections::BTreeSet;

rule! {
    /// Flags an Allow to read that compares namespaces or service accounts, but not clusters, if pods of several clusters use
    /// it: through one role, or through one role per cluster that reads the objects of the same account.
    ///
    /// # Why it matters
    ///
    /// Each cluster can have a namespace with the same name. A pod in `dev` of the test cluster can then read the objects of
    /// `dev` in the production cluster. The rule assumes intent if pods of both clusters mount the same object.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///                  StringEquals:
    ///                    aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    /// -                  aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
    /// @@
    ///      clusters:
    /// +      test:
    /// +        serviceAccounts:
    /// +          dev/app: { association: pod-reader }
    /// @@
    /// -              ArnEquals: { aws:SourceArn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +              ArnEquals: { aws:SourceArn: [arn:aws:eks:us-east-1:111122223333:cluster/prod, arn:aws:eks:us-east-1:111122223333:cluster/test] }
    /// ```
    ///
    /// # Accepted
    ///
    /// Compare the cluster as well:
    ///
    /// ```yaml
    /// read-own:
    ///   - Effect: Allow
    ///     Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    ///     Resource: arn:aws:secretsmanager:*:*:secret:*
    ///     Condition:
    ///       StringEquals:
    ///         aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    ///         aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["arn:aws:secretsmanager:*:*:secret:*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/eks-cluster-arn"
    ///       values   = ["$${aws:PrincipalTag/eks-cluster-arn}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "TAG119" "namespace-without-cluster", High Leak High,
    needs: [Associations, Roles, Clusters], aws: [], fix: None, Check::World(check);
}

/// A permission to read that depends on the namespace or service account, and not on the cluster.
struct Grant<'c, 'a> {
    document: &'c Document<'a>,
    role: &'a Role,
    statement: &'c Statement,
    action: &'static str,
    place: Origin,
    tag: &'static str,
    tenants: &'c [&'a Association],
    /// Patterns of the objects, part by part.
    reach: Vec<[String; 6]>,
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let grants: Vec<_> = context
        .documents
        .iter()
        .filter_map(|document| match document.owner {
            Owner::Role(role) => Some(grants(context, document, role)),
            _ => None,
        })
        .flatten()
        .collect();
    let clusters = grants.iter().flat_map(|grant| grant.tenants);
    let clusters: BTreeSet<_> = clusters
        .map(|association| association.cluster.as_str())
        .collect();
    if clusters.len() < 2 {
        return;
    }
    let mut reported: Vec<Origin> = Vec::new();
    for grant in &grants {
        let others: Vec<_> = grants.iter().filter(|other| meet(grant, other)).collect();
        let pods = others.iter().flat_map(|other| other.tenants);
        let pods: Vec<_> = pods.copied().collect();
        let clusters: BTreeSet<_> = pods
            .iter()
            .map(|association| association.cluster.as_str())
            .collect();
        let is_reported = others.iter().any(|other| reported.contains(&other.place));
        if clusters.len() < 2 || is_reported || is_shared(context, &pods) {
            continue;
        }
        let Grant {
            document,
            statement,
            action,
            ..
        } = grant;
        let own = grant
            .tenants
            .first()
            .map(|association| association.cluster.as_str());
        let other = clusters.iter().rev().find(|cluster| Some(**cluster) != own);
        let probe = Probe::meeting(document, statement, action, |_| false);
        let probe = probe.map(|probe| {
            probe.with(
                "aws:PrincipalTag/eks-cluster-arn",
                other.copied().unwrap_or(""),
            )
        });
        let Some(proof) = probe.and_then(|probe| probe.allowed(context, document)) else {
            continue;
        };
        reported.push(grant.place);
        let what = if grant.tag == NAMESPACE {
            "a namespace"
        } else {
            "a service account"
        };
        let roles: BTreeSet<_> = others.iter().map(|other| other.role.arn.as_str()).collect();
        let subject = if roles.len() == 1 {
            format!("`{}` is used in", document.object)
        } else {
            format!(
                "`{}` and {} other role{} are used in",
                document.object,
                roles.len() - 1,
                if roles.len() == 2 { "" } else { "s" }
            )
        };
        let message = format!(
            "{subject} {} clusters, and {what} with this name in any of them can read the object",
            clusters.len()
        );
        let draft = document
            .in_statement(statement, grant.place, "matches any cluster", message)
            .because(grant.tag)
            .help("also compare `eks-cluster-arn`, and tag the objects with it")
            .request(Some(proof))
            .once(grant.role.origin);
        let elsewhere = others
            .iter()
            .filter(|other| other.role.arn != grant.role.arn);
        findings.add(elsewhere.fold(draft, |draft, other| {
            draft.related(other.place, "allows pods of another cluster")
        }));
    }
}

const NAMESPACE: &str = "kubernetes-namespace";

fn grants<'c, 'a>(
    context: &'c Context<'a>,
    document: &'c Document<'a>,
    role: &'a Role,
) -> impl Iterator<Item = Grant<'c, 'a>> {
    let tenants = context.pods.tenants(role);
    let statements = reading(document).filter(|_| !tenants.is_empty());
    statements.filter_map(move |(statement, action)| {
        let conditions = statement.conditions.iter();
        let conditions = conditions
            .flat_map(|condition| std::iter::once(&condition.key).chain(&condition.values));
        let texts: Vec<&Written> = conditions.chain(resources(statement)).collect();
        let text_with = |tag: &str| texts.iter().find(|text| text.text.literal().contains(tag));
        if text_with("PrincipalTag/eks-cluster").is_some() {
            return None;
        }
        let namespace =
            text_with("PrincipalTag/kubernetes-namespace").map(|text| (text, NAMESPACE));
        let account = || {
            let text = text_with("PrincipalTag/kubernetes-service-account")?;
            Some((text, "kubernetes-service-account"))
        };
        let (text, tag) = namespace.or_else(account)?;
        Some(Grant {
            document,
            role,
            statement,
            action,
            place: text.origin,
            tag,
            tenants,
            reach: reach(statement, role),
        })
    })
}

/// Whether two permissions reach the same objects: those of one account, by names that overlap.
fn meet(grant: &Grant<'_, '_>, other: &Grant<'_, '_>) -> bool {
    if grant.role.arn == other.role.arn {
        return grant.place == other.place;
    }
    // The account and the name distinguish most.
    let same = |own: &[String; 6], text: &[String; 6]| {
        let mut parts = own.iter().zip(text).rev();
        parts.all(|(own, text)| overlap(own, text))
    };
    grant
        .reach
        .iter()
        .any(|own| other.reach.iter().any(|text| same(own, text)))
}

/// What a statement is about, as far as its role's account goes.
fn reach(statement: &Statement, role: &Role) -> Vec<[String; 6]> {
    let own = Arn::parse(&role.arn).map_or("", |arn| arn.account);
    let values = resources(statement).iter();
    values
        .map(|value| in_account(value.text.literal(), own))
        .collect()
}

/// The parts of a pattern of ARNs as a policy of an account reaches by it: any account means its own. Variables stand for anything.
fn in_account(pattern: &str, account: &str) -> [String; 6] {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        text.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    let mut parts = text.splitn(6, ':').map(str::to_owned);
    let mut all: [String; 6] =
        std::array::from_fn(|_| parts.next().unwrap_or_else(|| "*".to_owned()));
    if let Some(field) = all.get_mut(4).filter(|field| *field == "*") {
        account.clone_into(field);
    }
    all
}

/// Whether pods of two clusters mount one object through these associations.
fn is_shared(context: &Context<'_>, tenants: &[&Association]) -> bool {
    let mounts = context.simulator.mounts().iter();
    let own: Vec<_> = mounts
        .filter(|mount| tenants.iter().any(|tenant| tenant.pod() == mount.pod))
        .filter_map(|mount| Some((mount.object?.arn(), &mount.pod.cluster)))
        .collect();
    own.iter().any(|(arn, cluster)| {
        own.iter()
            .any(|(other, elsewhere)| arn == other && cluster != elsewhere)
    })
}
