//! The walk, second part: the pod assumes its role, and possibly the target role.

use super::{POD_IDENTITY, STS, Walker, principal, tag_role};
use crate::inventory::{Association, Attribute, Role, RoleArn};
use crate::policy::set::PolicySet;
use crate::request::{Context, ContextValue, Principal};
use crate::simulator::context::{SessionFacts, account_of};
use crate::simulator::{Fault, StageName, Step, context, stages};
use crate::text::{HoleKind, Text};
use std::sync::Arc;

impl<'a> Walker<'a, '_> {
    pub(super) fn trust(
        &mut self,
        role_arn: &str,
        association: Option<&Association>,
    ) -> Option<SessionFacts> {
        let role = self.role(StageName::Trust, role_arn)?;
        let is_tagged =
            |association: &Association| association.sets_tags().unwrap_or(self.assume_tags);
        let mut tags = match association {
            Some(association) if is_tagged(association) => {
                context::session_tags(self.cluster, self.question.pod)
            }
            _ => Vec::new(),
        };
        for (key, value) in &mut tags {
            if let Some(known) = self.tag_of_pod(key) {
                *value = known;
            }
        }
        let region = self.region_of_cluster();
        let provider = association.is_none().then(|| self.provider(&role.arn));
        let principal = match &provider {
            None => Principal::Service(POD_IDENTITY.to_owned()),
            Some(provider) => Principal::WebIdentity {
                provider: provider.clone(),
            },
        };
        let mut actions = if provider.is_some() {
            vec!["sts:AssumeRoleWithWebIdentity"]
        } else {
            vec!["sts:AssumeRole"]
        };
        if !tags.is_empty() {
            actions.push("sts:TagSession");
        }
        let mut context = context::common(&region);
        context::request_tags(&mut context, &tags);
        self.resource_account(&mut context, role);
        // The pod makes this call itself, or EKS does.
        let network = provider.is_some().then(|| self.network("sts"));
        if let Some(network) = &network {
            self.issuer_keys(&mut context);
            context::network(&mut context, network, false);
        } else {
            let place = self.simulator.compiled.membership(self.home_account());
            context::pod_identity_source(
                &mut context,
                self.cluster,
                self.simulator.inventory,
                place,
            );
            context.set_text("aws:PrincipalIsAWSService", Text::fixed("true"));
            context.set_text("aws:PrincipalServiceName", Text::fixed(POD_IDENTITY));
            let names = vec![Text::fixed(POD_IDENTITY)];
            context.set("aws:PrincipalServiceNamesList", ContextValue::Multi(names));
        }
        // Both requests carry the same, but for the keys that only one of the actions has.
        let shared = Arc::new(context);
        let first = self.calls.len();
        for action in actions {
            let endpoint = network.as_ref().and_then(|path| self.endpoint_policy(path));
            let mut context = Context::over(shared.clone());
            if action != "sts:TagSession" {
                context.set("sts:RoleSessionName", context::hole("sts:RoleSessionName"));
            }
            // Of the three only AssumeRole carries the role's own tags (docs/semantics.md#keys-per-action).
            if action == "sts:AssumeRole" {
                tag_role(&mut context, role, &[], self.simulator.inventory);
            }
            self.assume(
                Step::Trust,
                action,
                principal.clone(),
                None,
                role,
                context,
                &region,
                endpoint,
            );
        }
        self.push_step(StageName::Trust, first, None);
        Some(SessionFacts {
            role: role.arn.clone(),
            account: role.arn.shown_account().to_owned(),
            passed: tags,
            role_tags: context::role_tags(role),
            open_tags: context::open_role_tags(role, self.simulator.inventory),
            unique_id: role.unique_id.clone(),
            provider,
        })
    }

    pub(super) fn chain(
        &mut self,
        session: &SessionFacts,
        target_arn: &str,
        association: Option<&Association>,
    ) -> Option<SessionFacts> {
        let role = self.role(StageName::Chain, target_arn)?;
        let region = self.region_of_cluster();
        let mut actions = vec!["sts:AssumeRole"];
        if !session.passed.is_empty() {
            actions.push("sts:TagSession");
        }
        let mut context = context::common(&region);
        let place = self.simulator.compiled.membership(&session.account);
        session.describe(&mut context, self.simulator.inventory, place);
        context::request_tags(&mut context, &session.passed);
        self.resource_account(&mut context, role);
        // EKS makes this call; the customer's endpoints and addresses have no part in it.
        context.set("aws:SourceIp", ContextValue::Unknown("aws:SourceIp".into()));
        let shared = Arc::new(context);
        let first = self.calls.len();
        for action in actions {
            let mut context = Context::over(shared.clone());
            if action == "sts:AssumeRole" {
                tag_role(
                    &mut context,
                    role,
                    &session.passed,
                    self.simulator.inventory,
                );
                context.set("sts:RoleSessionName", context::hole("sts:RoleSessionName"));
                if let Some(association) = association {
                    context.set("sts:ExternalId", self.external_id(association));
                }
            }
            let principal = principal(session);
            self.assume(
                Step::Chain,
                action,
                principal,
                Some(session),
                role,
                context,
                &region,
                None,
            );
        }
        self.push_step(StageName::Chain, first, None);
        Some(SessionFacts {
            role: role.arn.clone(),
            account: role.arn.shown_account().to_owned(),
            passed: session.passed.clone(),
            role_tags: context::role_tags(role),
            open_tags: context::open_role_tags(role, self.simulator.inventory),
            unique_id: role.unique_id.clone(),
            provider: None,
        })
    }

    /// The external id that EKS sends; if no source states it, EKS derives it from the association
    /// (docs/semantics.md#pod-identity-associations).
    fn external_id(&self, association: &Association) -> ContextValue {
        let name = "external id of the association";
        match (&association.external_id, self.cluster) {
            (Attribute::Known(id), _) => ContextValue::Single(Text::from(id.as_str())),
            (Attribute::Absent, Some(cluster)) => ContextValue::Single(Text::from(format!(
                "{}/{}/{}/{}/{}",
                cluster.region,
                cluster.account,
                cluster.name,
                association.namespace.value,
                association.service_account.value
            ))),
            (Attribute::Absent, None) => ContextValue::Unknown(name.into()),
            // EKS always sends one.
            (Attribute::Unknown(hole), _) => {
                let reason = hole.reason(|| name.to_owned());
                ContextValue::Single(Text::hole(reason, HoleKind::Some))
            }
        }
    }

    /// The role with an ARN; reports a role that does not exist.
    pub(super) fn role(&mut self, stage: StageName, arn: &str) -> Option<&'a Role> {
        let inventory = self.simulator.inventory;
        if let Some(role) = self.simulator.role(arn) {
            return Some(role);
        }
        let name = inventory.role_name(arn);
        if inventory.is_absent("roles", account_of(arn), arn) {
            let note = format!("there is no role {name}");
            let origin = self
                .stages
                .iter()
                .rev()
                .find_map(|stage| stage.by.as_ref())
                .map(|by| by.origin);
            self.stages.push(stages::fault(
                stage,
                arn.to_owned(),
                origin,
                Fault::NoRole(arn.to_owned()),
                note,
            ));
        } else {
            self.stages
                .push(stages::open(stage, arn.to_owned(), format!("role {name}")));
        }
        None
    }

    /// The account of the role.
    fn resource_account(&self, context: &mut Context, role: &Role) {
        let account = role.arn.shown_account();
        context.set_text("aws:ResourceAccount", role.arn.account_text());
        let place = self.simulator.compiled.membership(account);
        context::membership(
            context,
            "Resource",
            self.simulator.inventory,
            account,
            place,
        );
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one request, named at the two callers"
    )]
    pub(super) fn assume(
        &mut self,
        step: Step,
        action: &str,
        principal: Principal,
        caller: Option<&SessionFacts>,
        role: &Role,
        context: Context,
        region: &str,
        endpoint: Option<&PolicySet>,
    ) {
        let place = self.simulator.compiled.membership(role.arn.shown_account());
        let Some(sets) = self.simulator.compiled.role(&role.arn) else {
            return;
        };
        let mut policies = self.policies(caller, None, Some(&sets.trust), place);
        policies.endpoint = endpoint;
        if matches!(principal, Principal::WebIdentity { .. }) {
            // Whether they bind an unsigned call is not known (U-31); the evaluator decides.
            policies.scp = place
                .filter(|place| !place.management)
                .map(|place| place.scps.as_slice());
        }
        self.call(
            step,
            region,
            action,
            principal,
            role.arn.text().clone(),
            role.arn.account_text(),
            context,
            caller.map(Self::traits).unwrap_or_default(),
            &policies,
        );
    }

    pub(super) fn region_of_cluster(&self) -> String {
        self.cluster
            .map_or_else(String::new, |cluster| cluster.region.to_string())
    }

    /// The ARN of the cluster's identity provider in the role's account.
    fn provider(&self, role: &RoleArn) -> Text {
        let partition = role.split(':').nth(1).unwrap_or("aws");
        Text::from(format!("arn:{partition}:iam::"))
            .then(&role.account_text())
            .then(&Text::fixed(":oidc-provider/"))
            .then(&self.issuer())
    }

    /// The issuer; every cluster has one.
    pub(super) fn issuer(&self) -> Text {
        match self.cluster {
            Some(cluster) => cluster.issuer_text(),
            None => Text::hole("OIDC issuer of the cluster", HoleKind::Any),
        }
    }

    pub(super) fn issuer_keys(&self, context: &mut Context) {
        let pod = self.question.pod;
        let subject = format!(
            "system:serviceaccount:{}:{}",
            pod.namespace, pod.service_account
        );
        let issuer = self.issuer();
        if let Some(issuer) = issuer.known() {
            context.set_text(format!("{issuer}:sub"), subject);
            context.set_text(format!("{issuer}:aud"), STS);
            return;
        }
        for (_, hole) in issuer.holes() {
            // Amazon EKS, "IAM roles for service accounts": issuers of clusters, those of dual-stack endpoints included.
            for prefix in ["oidc.eks.", "oidc-eks."] {
                context.open_prefix(prefix, &*hole.name);
            }
        }
        let key = |end: &'static str| issuer.clone().then(&Text::fixed(end));
        context.set_holed(key(":sub"), Text::from(subject));
        context.set_holed(key(":aud"), Text::fixed(STS));
    }
}
