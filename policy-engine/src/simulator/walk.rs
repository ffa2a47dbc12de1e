//! The walk itself: from a pod to its role, to the object, to the key.

use super::{
    Call, Fault, Question, Session, Simulator, Stage, StageName, Step, Target, Walk,
    compiled::Membership,
    context::{self, Network, SessionFacts, account_of},
    mounts::{MountPoint, is_in},
    stages,
};
use crate::{
    evaluator::{self, Decision, Policies, Verdict},
    inventory::{Association, Cluster, KeyRef, KmsKey, Role, Via, find::Object, promise::Ask},
    policy::{PolicyType, parse, set::PolicySet},
    request::{Action, Context, ContextValue, Principal, Request, Traits},
    source::Origin,
    syntax::{arn::Segmented, json},
    text::{HoleKind, Text},
    uncertainty::{Uncertainties, Uncertainty},
};
use std::sync::Arc;

/// Walks one question.
pub(super) fn walk(simulator: &Simulator<'_>, question: &Question<'_>, other: Uncertainties) -> Walk {
    let mount = match question.target {
        Target::Mount(mount) => Some(mount),
        Target::Object(object) => simulator.mount_of(question.pod, object),
    };
    let mut walker = Walker {
        simulator,
        question,
        other,
        mount,
        cluster: simulator.inventory.cluster(&question.pod.cluster),
        stages: Vec::new(),
        calls: Vec::new(),
        via: None,
    };
    let session = walker.follow();
    walker.finish(session)
}

struct Walker<'a, 'w> {
    simulator: &'a Simulator<'w>,
    question: &'a Question<'a>,
    other: Uncertainties,
    mount: Option<&'a MountPoint<'a>>,
    cluster: Option<&'a Cluster>,
    stages: Vec<Stage>,
    calls: Vec<Call>,
    via: Option<Via>,
}

/// What a region is asked for.
struct Place<'a> {
    region: String,
    object: Object<'a>,
    /// Named in the stages of the failover region.
    label: Option<String>,
}

/// The services of the default token audiences.
const POD_IDENTITY: &str = "pods.eks.amazonaws.com";
const STS: &str = "sts.amazonaws.com";

impl<'a> Walker<'a, '_> {
    fn follow(&mut self) -> Option<SessionFacts> {
        self.class();
        let via = self.via();
        let (role_arn, association) = self.association(via)?;
        let mut session = self.trust(&role_arn, association)?;
        if let Some(target) = association.and_then(|association| association.target_role.as_ref()) {
            session = self.chain(&session, &target.value, association)?;
        }
        // A session policy restricts the session that reads: the target role's, where there is one.
        let policy = association.and_then(|association| self.simulator.compiled.session(association));
        for place in self.places() {
            self.read(&session, policy, &place);
        }
        Some(session)
    }

    // ---- class -------------------------------------------------------------------------------------------------

    fn class(&mut self) {
        let Some(mount) = self.mount else { return };
        if let Some((class, descriptor)) = mount.class {
            let home = self.cluster.map_or("", |cluster| cluster.region.as_str());
            let asked = class.name.value.clone();
            let problems = class.problems(if home.is_empty() { mount.region.as_deref().unwrap_or("") } else { home });
            if let Some(problem) = problems.into_iter().next() {
                let (origin, note) = (problem.origin, problem.message.clone());
                self.stages.push(stages::fault(StageName::Class, asked, Some(origin), Fault::Class(problem), note));
                return;
            }
            if self.missing_object(&asked) || descriptor.is_none() {
                return;
            }
            let by = Some(stages::written(class.name.origin));
            self.stages.push(stages::plain(StageName::Class, Verdict::Allow, asked, by));
            return;
        }
        let name = mount.name.value.clone();
        self.missing_object(&name);
    }

    /// Reports an object that is not where the mount looks for it.
    fn missing_object(&mut self, asked: &str) -> bool {
        let Some(mount) = self.mount else { return false };
        let failover = mount.failover.as_ref().filter(|failover| failover.object.is_none());
        let (name, region) = match (mount.object, failover) {
            (None, _) => (mount.name.value.as_str(), mount.region.as_deref().unwrap_or("?")),
            (Some(_), Some(failover)) => (failover.name, failover.region),
            (Some(_), None) => return false,
        };
        let kind = if mount.parameter { "parameters" } else { "secrets" };
        let owner = if name.starts_with("arn:") { account_of(name) } else { self.home_account() };
        let what = if mount.parameter { "parameter" } else { "secret" };
        if self.simulator.inventory.closed.contains(kind, owner) && (mount.object.is_some() || mount.region.is_some()) {
            let origin = mount.region_origin.unwrap_or(mount.name.origin);
            let note = format!("there is no {what} `{name}` in {region}");
            let fault = Fault::NoObject { name: name.to_owned(), region: region.to_owned() };
            self.stages.push(stages::fault(StageName::Class, asked.to_owned(), Some(origin), fault, note));
        } else {
            self.stages.push(stages::open(StageName::Class, asked.to_owned(), format!("{what} {name} in {region}")));
        }
        true
    }

    fn home_account(&self) -> &str {
        self.cluster.map_or("", |cluster| cluster.account.as_str())
    }

    // ---- association -------------------------------------------------------------------------------------------

    fn via(&mut self) -> Option<Via> {
        let inventory = self.simulator.inventory;
        let stated = self.question.via.or_else(|| self.mount.and_then(|mount| mount.via));
        let via = stated.or_else(|| {
            if self.own_association().is_some() {
                return Some(Via::PodIdentity);
            }
            let own = inventory.service_accounts.iter().find(|one| one.pod == *self.question.pod);
            own.and_then(|one| one.irsa.as_ref()).map(|_| Via::Irsa)
        });
        self.via = via;
        via
    }

    fn own_association(&self) -> Option<&'a Association> {
        let pod = self.question.pod;
        self.simulator.inventory.associations.iter().find(|one| {
            one.cluster == pod.cluster
                && one.namespace.value == pod.namespace
                && one.service_account.value == pod.service_account
        })
    }

    /// The role's ARN, and the association it comes from.
    fn association(&mut self, via: Option<Via>) -> Option<(String, Option<&'a Association>)> {
        let asked = self.simulator.inventory.pod_name(self.question.pod);
        let audience = if via == Some(Via::Irsa) { STS } else { POD_IDENTITY };
        let audiences = self.cluster.and_then(|cluster| cluster.audiences.as_ref());
        if let (Some(audiences), Some(_), Some((..))) = (audiences, via, self.mount.and_then(|mount| mount.class))
            && !audiences.value.iter().any(|found| found == audience)
        {
            let note = format!("the CSIDriver object asks for no token of audience {audience}");
            let origin = Some(audiences.origin);
            self.stages.push(stages::fault(StageName::Association, asked.clone(), origin, Fault::NoAudience(audience), note));
        }
        if via == Some(Via::Irsa) { self.annotation(asked) } else { self.pod_identity(asked) }
    }

    fn annotation(&mut self, asked: String) -> Option<(String, Option<&'a Association>)> {
        let inventory = self.simulator.inventory;
        let own = inventory.service_accounts.iter().find(|one| one.pod == *self.question.pod);
        if let Some(role) = own.and_then(|one| one.irsa.as_ref()) {
            self.found(asked, role.origin, &role.value);
            return Some((role.value.clone(), None));
        }
        if own.is_none() && !inventory.closed.contains("serviceAccounts", self.home_account()) {
            self.stages.push(stages::open(StageName::Association, asked.clone(), format!("service account {asked}")));
            return None;
        }
        let note = format!("{asked} has no annotation eks.amazonaws.com/role-arn");
        let origin = own.map(|one| one.origin);
        self.stages.push(stages::fault(StageName::Association, asked, origin, Fault::NoAnnotation, note));
        None
    }

    fn pod_identity(&mut self, asked: String) -> Option<(String, Option<&'a Association>)> {
        let inventory = self.simulator.inventory;
        let Some(association) = self.own_association() else {
            if !inventory.closed.contains("associations", self.home_account()) {
                let missing = format!("association of {asked}");
                self.stages.push(stages::open(StageName::Association, asked, missing));
                return None;
            }
            let own = inventory.service_accounts.iter().find(|one| one.pod == *self.question.pod);
            let note = format!("{asked} has no association");
            let origin = own.map(|one| one.origin);
            self.stages.push(stages::fault(StageName::Association, asked, origin, Fault::NoAssociation, note));
            return None;
        };
        let Some(role) = &association.role else {
            let missing = format!("role of the association of {asked}");
            self.stages.push(stages::open(StageName::Association, asked, missing));
            return None;
        };
        let home = self.home_account();
        if !home.is_empty() && account_of(&role.value) != home {
            let note = format!("{} is not in the cluster's account", inventory.role_name(&role.value));
            self.stages.push(stages::fault(StageName::Association, asked, Some(role.origin), Fault::ForeignRole, note));
        } else {
            self.found(asked, association.origin, &role.value);
        }
        Some((role.value.clone(), Some(association)))
    }

    fn found(&mut self, asked: String, origin: Origin, role: &str) {
        let name = role.rsplit('/').next().unwrap_or(role).to_owned();
        let by = Some(stages::written(origin));
        let stage = Stage { note: Some(name), ..stages::plain(StageName::Association, Verdict::Allow, asked, by) };
        self.stages.push(stage);
    }

    // ---- trust and chain ---------------------------------------------------------------------------------------

    fn trust(&mut self, role_arn: &str, association: Option<&Association>) -> Option<SessionFacts> {
        let role = self.role(StageName::Trust, role_arn)?;
        let tags = association.map(|one| context::session_tags(self.cluster, self.question.pod, one)).unwrap_or_default();
        let region = self.region_of_cluster();
        let provider = association.is_none().then(|| self.provider(role_arn));
        let principal = match &provider {
            None => Principal::Service(POD_IDENTITY.to_owned()),
            Some(provider) => Principal::WebIdentity { provider: provider.clone() },
        };
        let mut actions = if provider.is_some() { vec!["sts:AssumeRoleWithWebIdentity"] } else { vec!["sts:AssumeRole"] };
        if !tags.is_empty() {
            actions.push("sts:TagSession");
        }
        let first = self.calls.len();
        for action in actions {
            let mut context = Context::default();
            context::common(&mut context, &region);
            context::request_tags(&mut context, &tags);
            tag_role(&mut context, role, &[]);
            if action != "sts:TagSession" {
                context.set("sts:RoleSessionName", context::hole("sts:RoleSessionName"));
            }
            if provider.is_some() {
                self.issuer_keys(&mut context);
            } else {
                let place = self.simulator.compiled.membership(self.home_account());
                context::pod_identity_source(&mut context, self.cluster, self.simulator.inventory, place);
                context.set_text("aws:PrincipalIsAWSService", "true");
                context.set_text("aws:PrincipalServiceName", POD_IDENTITY);
                context.set("aws:PrincipalServiceNamesList", ContextValue::Multi(vec![Text::from(POD_IDENTITY)]));
            }
            self.assume(Step::Trust, action, principal.clone(), None, role, context, &region);
        }
        self.push_step(StageName::Trust, first, None);
        Some(SessionFacts {
            role: role.arn.clone(),
            account: account_of(&role.arn).to_owned(),
            passed: tags,
            role_tags: context::role_tags(Some(role)),
            unique_id: role.unique_id.clone(),
            provider,
        })
    }

    fn chain(
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
        let first = self.calls.len();
        for action in actions {
            let mut context = Context::default();
            context::common(&mut context, &region);
            let place = self.simulator.compiled.membership(&session.account);
            session.describe(&mut context, self.simulator.inventory, place);
            context::request_tags(&mut context, &session.passed);
            tag_role(&mut context, role, &session.passed);
            // EKS makes this call; the customer's endpoints and addresses have no part in it.
            context.set("aws:SourceIp", ContextValue::Unknown("aws:SourceIp".into()));
            if action == "sts:AssumeRole" {
                context.set("sts:RoleSessionName", context::hole("sts:RoleSessionName"));
                if let Some(id) = association.and_then(|one| one.external_id.as_deref()) {
                    context.set_text("sts:ExternalId", id);
                }
            }
            let principal = principal(session);
            self.assume(Step::Chain, action, principal, Some(session), role, context, &region);
        }
        self.push_step(StageName::Chain, first, None);
        Some(SessionFacts {
            role: role.arn.clone(),
            account: account_of(&role.arn).to_owned(),
            passed: session.passed.clone(),
            role_tags: context::role_tags(Some(role)),
            unique_id: role.unique_id.clone(),
            provider: None,
        })
    }

    /// The role of an ARN; reports one that is not there.
    fn role(&mut self, stage: StageName, arn: &str) -> Option<&'a Role> {
        let inventory = self.simulator.inventory;
        if let Some(role) = inventory.role(arn) {
            return Some(role);
        }
        let name = inventory.role_name(arn);
        if inventory.closed.contains("roles", account_of(arn)) {
            let note = format!("there is no role {name}");
            let origin = self.stages.iter().rev().find_map(|stage| stage.by.as_ref()).map(|by| by.origin);
            self.stages.push(stages::fault(stage, arn.to_owned(), origin, Fault::NoRole(arn.to_owned()), note));
        } else {
            self.stages.push(stages::open(stage, arn.to_owned(), format!("role {name}")));
        }
        None
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one request, named at the two callers")]
    fn assume(
        &mut self,
        step: Step,
        action: &str,
        principal: Principal,
        caller: Option<&SessionFacts>,
        role: &Role,
        mut context: Context,
        region: &str,
    ) {
        let account = account_of(&role.arn).to_owned();
        context.set_text("aws:ResourceAccount", account.as_str());
        let place = self.simulator.compiled.membership(&account);
        context::membership(&mut context, "Resource", self.simulator.inventory, &account, place);
        let Some(sets) = self.simulator.compiled.role(&role.arn) else { return };
        let policies = self.policies(caller, None, Some(&sets.trust), place);
        self.call(step, region, action, principal, Text::from(role.arn.as_str()), &account, context, Traits::default(), &policies);
    }

    fn region_of_cluster(&self) -> String {
        self.cluster.map_or_else(String::new, |cluster| cluster.region.clone())
    }

    /// The ARN of the cluster's identity provider in the role's account.
    fn provider(&self, role_arn: &str) -> Text {
        let partition = role_arn.split(':').nth(1).unwrap_or("aws");
        let head = Text::from(format!("arn:{partition}:iam::{}:oidc-provider/", account_of(role_arn)));
        head.then(&self.issuer())
    }

    fn issuer(&self) -> Text {
        match self.cluster.and_then(|cluster| cluster.issuer.as_deref()) {
            Some(issuer) => Text::from(issuer),
            None => Text::hole("OIDC issuer of the cluster", HoleKind::Any),
        }
    }

    fn issuer_keys(&self, context: &mut Context) {
        let pod = self.question.pod;
        let Some(issuer) = self.cluster.and_then(|cluster| cluster.issuer.as_deref()) else {
            context.open_prefix("oidc.eks.", "OIDC issuer of the cluster");
            return;
        };
        let subject = format!("system:serviceaccount:{}:{}", pod.namespace, pod.service_account);
        context.set_text(format!("{issuer}:sub"), subject);
        context.set_text(format!("{issuer}:aud"), STS);
    }

    // ---- data and key ------------------------------------------------------------------------------------------

    fn places(&self) -> Vec<Place<'a>> {
        let mut places = Vec::new();
        if let Some(mount) = self.mount {
            if let (Some(object), Some(region)) = (mount.object, &mount.region) {
                places.push(Place { region: region.clone(), object, label: None });
            }
            if let Some((failover, object)) = mount.failover.as_ref().and_then(|one| Some((one, one.object?))) {
                let label = Some(failover.region.to_owned());
                places.push(Place { region: failover.region.to_owned(), object, label });
            }
            return places;
        }
        if let Target::Object(object) = self.question.target {
            let home = self.cluster.map(|cluster| cluster.region.as_str());
            let region = home.filter(|home| is_in(object, home)).unwrap_or_else(|| object.region());
            places.push(Place { region: region.to_owned(), object, label: None });
        }
        places
    }

    fn actions(&self, object: Object<'_>) -> Vec<String> {
        match (self.question.ask, object) {
            (Ask::Call(action), _) => vec![action.clone()],
            (Ask::Read, Object::Secret(_)) => vec!["secretsmanager:GetSecretValue".into()],
            (Ask::Rotate, Object::Secret(_)) => {
                vec!["secretsmanager:GetSecretValue".into(), "secretsmanager:DescribeSecret".into()]
            }
            (Ask::Read | Ask::Rotate, Object::Parameter(_)) => vec!["ssm:GetParameters".into()],
            (Ask::Read | Ask::Rotate, Object::Key(_)) => vec!["kms:Decrypt".into()],
        }
    }

    fn read(&mut self, session: &SessionFacts, policy: Option<&PolicySet>, place: &Place<'_>) {
        let first = self.calls.len();
        let network = self.network(place);
        for action in self.actions(place.object) {
            self.data_call(session, policy, place, &action, &network);
        }
        let calls: Vec<_> = self.calls.iter().enumerate().skip(first).collect();
        self.stages.extend(stages::data(place.label.as_deref(), &calls));
        let decrypts = self.calls.iter().skip(first).any(|call| reads_value(&call.request.action));
        if decrypts {
            self.key(session, policy, place, &network);
        }
    }

    fn network(&self, place: &Place<'_>) -> Network {
        let inventory = self.simulator.inventory;
        let service = match place.object {
            Object::Secret(_) => "secretsmanager",
            Object::Parameter(_) => "ssm",
            Object::Key(_) => "kms",
        };
        let given = |name: &str| self.given().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        if let Some(ContextValue::Single(id)) = given("aws:SourceVpce") {
            return Network::Endpoint { id: id.to_string(), vpc: None };
        }
        if given("aws:SourceIp").is_some() {
            return Network::Public;
        }
        let Some(cluster) = self.cluster else { return Network::Unknown };
        let own = cluster.endpoints.iter().filter_map(|id| inventory.endpoints.iter().find(|one| one.id == *id));
        if let Some(endpoint) = own.into_iter().find(|one| one.service == service) {
            return Network::Endpoint { id: endpoint.id.clone(), vpc: endpoint.vpc.clone() };
        }
        let settled = !cluster.endpoints.is_empty() || inventory.closed.all;
        if settled { Network::Public } else { Network::Unknown }
    }

    fn data_call(
        &mut self,
        session: &SessionFacts,
        policy: Option<&PolicySet>,
        place: &Place<'_>,
        action: &str,
        network: &Network,
    ) {
        let simulator = self.simulator;
        let inventory = simulator.inventory;
        let owner = place.object.account();
        let name = place.object.display(inventory);
        let membership = simulator.compiled.membership(owner);
        let mut context = self.session_context(session, &place.region, network, false);
        context.set_text("aws:ResourceAccount", owner);
        context::membership(&mut context, "Resource", inventory, owner, membership);
        let shared;
        let (arn, resource) = match place.object {
            Object::Secret(secret) => {
                let arn = self.arn(secret.arn_in(&place.region));
                let prefixes = ["aws:ResourceTag/", "secretsmanager:ResourceTag/"];
                context::resource_tags(&mut context, &prefixes, secret.tags.as_ref(), &name);
                context.set("secretsmanager:SecretId", ContextValue::Single(arn.clone()));
                if !secret.replicas.is_empty() {
                    context.set_text("secretsmanager:SecretPrimaryRegion", secret.region.as_str());
                }
                if action.ends_with(":GetSecretValue") {
                    self.version_keys(&mut context);
                }
                if !inventory.closed.contains("secrets", owner) {
                    for key in ["secretsmanager:resource/AllowRotationLambdaArn", "secretsmanager:resource/Type"] {
                        context.set(key, ContextValue::Unknown(key.into()));
                    }
                }
                (arn, simulator.compiled.secret(secret))
            }
            Object::Parameter(parameter) => {
                let prefixes = ["aws:ResourceTag/", "ssm:resourceTag/"];
                context::resource_tags(&mut context, &prefixes, parameter.tags.as_ref(), &name);
                shared = self.share(parameter, session);
                (Text::from(parameter.arn.as_str()), shared.as_ref())
            }
            Object::Key(key) => {
                self.key_keys(&mut context, key, &name);
                (key.arn.clone(), simulator.compiled.key(key))
            }
        };
        let mut policies = self.policies(Some(session), policy, resource, membership);
        if let Network::Endpoint { id, .. } = network {
            policies.endpoint = simulator.compiled.endpoint(id);
        }
        self.call(
            Step::Data,
            &place.region,
            action,
            principal(session),
            arn,
            owner,
            context,
            self.traits(session),
            &policies,
        );
    }

    /// The ARN as the mount spells it, when that fills a hole of the ARN we predicted.
    fn arn(&self, predicted: Text) -> Text {
        let spelt = self.mount.map(|mount| mount.name.value.as_str()).filter(|name| name.starts_with("arn:"));
        match spelt {
            Some(spelt) if !predicted.is_known() && spelt.len() == predicted.literal().len() + 6 => Text::from(spelt),
            _ => predicted,
        }
    }

    fn version_keys(&self, context: &mut Context) {
        let Some(mount) = self.mount else { return };
        if let Some(version) = mount.version {
            context.set_text("secretsmanager:VersionId", version);
        }
        if let Some(label) = mount.label {
            context.set_text("secretsmanager:VersionStage", label);
        }
    }

    /// The policy that AWS RAM puts on a shared parameter, for the caller's account.
    fn share(&self, parameter: &crate::inventory::Parameter, session: &SessionFacts) -> Option<PolicySet> {
        let organization = self.simulator.inventory.organization.as_ref();
        let both_inside = organization.is_some()
            && self.simulator.compiled.membership(&session.account).is_some()
            && self.simulator.compiled.membership(&parameter.account).is_some();
        let shared = parameter.shares.iter().any(|share| {
            share.value == session.account || (share.value == "organization" && both_inside)
        });
        if !shared || !parameter.advanced {
            return None;
        }
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{}"}},
                "Action":["ssm:DescribeParameters","ssm:GetParameter","ssm:GetParameters"],"Resource":"*"}}]}}"#,
            session.account
        );
        let node = json::parse(Origin::NOWHERE.source, &text).ok()?;
        let (document, _) = parse::document(&node, PolicyType::Resource, "share by AWS RAM");
        Some(PolicySet::new(PolicyType::Resource, [Arc::new(document)]))
    }

    fn key(&mut self, session: &SessionFacts, policy: Option<&PolicySet>, place: &Place<'_>, network: &Network) {
        let (reference, service, context_arn) = match place.object {
            Object::Secret(secret) => (secret.key_in(&place.region), "secretsmanager", self.arn(secret.arn_in(&place.region))),
            Object::Parameter(one) if one.secure => (&one.key, "ssm", Text::from(one.arn.as_str())),
            Object::Parameter(_) | Object::Key(_) => return,
        };
        let owner = place.object.account();
        match reference {
            KeyRef::Unknown => {
                let missing = format!("key of {}", place.object.display(self.simulator.inventory));
                let mut stage = stages::open(StageName::Key, "kms:Decrypt".into(), missing);
                stage.region.clone_from(&place.label);
                self.stages.push(stage);
            }
            KeyRef::AwsManaged(_) => {
                let Some(set) = self.simulator.compiled.managed_key(owner, service, &place.region) else { return };
                let partition = context_arn.literal().split(':').nth(1).unwrap_or("aws").to_owned();
                let id = Text::hole(format!("id of aws/{service}"), HoleKind::KeyId);
                let arn = Text::from(format!("arn:{partition}:kms:{}:{owner}:key/", place.region)).then(&id);
                self.decrypt(session, policy, place, network, (service, &context_arn), (arn, set, None));
            }
            KeyRef::Named(name) => {
                let Some(key) = self.simulator.inventory.find_key(&name.value, owner, &place.region) else {
                    self.missing_key(&name.value, name.origin, owner, place);
                    return;
                };
                let Some(set) = self.simulator.compiled.key(key) else { return };
                if !key.enabled.value {
                    let note = format!("the key {} is disabled", Object::Key(key).display(self.simulator.inventory));
                    let origin = Some(key.enabled.origin);
                    self.stages.push(stages::fault(StageName::Key, "kms:Decrypt".into(), origin, Fault::KeyDisabled, note));
                    return;
                }
                self.decrypt(session, policy, place, network, (service, &context_arn), (key.arn.clone(), set, Some(key)));
            }
        }
    }

    fn missing_key(&mut self, name: &str, origin: Origin, owner: &str, place: &Place<'_>) {
        let asked = "kms:Decrypt".to_owned();
        let mut stage = if self.simulator.inventory.closed.contains("keys", owner) {
            let note = format!("there is no key `{name}` in {}", place.region);
            stages::fault(StageName::Key, asked, Some(origin), Fault::NoKey(name.to_owned()), note)
        } else {
            stages::open(StageName::Key, asked, format!("key {name}"))
        };
        stage.region.clone_from(&place.label);
        self.stages.push(stage);
    }

    /// The forwarded `kms:Decrypt` (evaluation.md 5.11, 5.12).
    fn decrypt(
        &mut self,
        session: &SessionFacts,
        policy: Option<&PolicySet>,
        place: &Place<'_>,
        network: &Network,
        (service, object_arn): (&str, &Text),
        (key_arn, set, key): (Text, &PolicySet, Option<&KmsKey>),
    ) {
        let owner = key.map_or(place.object.account(), |key| key.account.as_str()).to_owned();
        let membership = self.simulator.compiled.membership(&owner);
        let mut context = self.session_context(session, &place.region, network, true);
        context.set_text("aws:ResourceAccount", owner.as_str());
        context::membership(&mut context, "Resource", self.simulator.inventory, &owner, membership);
        context.set_text("aws:ViaAWSService", "true");
        context.set_text("kms:ViaService", format!("{service}.{}.amazonaws.com", place.region));
        context.set_text("kms:CallerAccount", session.account.as_str());
        context.set_text("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT");
        let keys = if service == "secretsmanager" {
            let own = ContextValue::Single(object_arn.clone());
            match place.object {
                Object::Secret(secret) if secret.region != place.region => {
                    let primary = ContextValue::Single(secret.arn.clone());
                    let name = "kms:EncryptionContext:SecretARN";
                    context.set_uncertain(name, own, Uncertainty::REPLICA_CONTEXT, primary);
                }
                _ => context.set("kms:EncryptionContext:SecretARN", own),
            }
            let version = self.mount.and_then(|mount| mount.version).map(Text::from);
            let version = version.unwrap_or_else(|| Text::hole("id of the secret's version", HoleKind::Any));
            context.set("kms:EncryptionContext:SecretVersionId", ContextValue::Single(version));
            vec![Text::from("SecretARN"), Text::from("SecretVersionId")]
        } else {
            context.set("kms:EncryptionContext:PARAMETER_ARN", ContextValue::Single(object_arn.clone()));
            vec![Text::from("PARAMETER_ARN")]
        };
        context.set("kms:EncryptionContextKeys", ContextValue::Multi(keys));
        if let Some(key) = key {
            let name = Object::Key(key).display(self.simulator.inventory);
            self.key_keys(&mut context, key, &name);
        }
        let policies = self.policies(Some(session), policy, Some(set), membership);
        let mut traits = self.traits(session);
        traits.forwarded = true;
        traits.aws_managed_key = key.is_none_or(|key| key.aws_managed);
        traits.grants = key.map(|key| key.grants.clone()).unwrap_or_default();
        let first = self.calls.len();
        let principal = principal(session);
        self.call(Step::Key, &place.region, "kms:Decrypt", principal, key_arn, &owner, context, traits, &policies);
        self.push_step(StageName::Key, first, place.label.clone());
    }

    /// What a key itself brings into a request.
    fn key_keys(&self, context: &mut Context, key: &KmsKey, name: &str) {
        context::resource_tags(context, &["aws:ResourceTag/"], key.tags.as_ref(), name);
        if key.aliases.is_empty() && !self.simulator.inventory.closed.contains("keys", &key.account) {
            context.set("kms:ResourceAliases", ContextValue::Unknown(format!("aliases of {name}").into()));
        } else {
            let aliases = key.aliases.iter().map(|alias| Text::from(alias.as_str())).collect();
            context.set("kms:ResourceAliases", ContextValue::Multi(aliases));
        }
        context.set_text("kms:KeySpec", "SYMMETRIC_DEFAULT");
        context.set_text("kms:KeyUsage", "ENCRYPT_DECRYPT");
        context.set("kms:KeyOrigin", context::hole("kms:KeyOrigin"));
        context.set("kms:MultiRegion", context::hole("kms:MultiRegion"));
    }

    // ---- shared ------------------------------------------------------------------------------------------------

    fn session_context(&self, session: &SessionFacts, region: &str, network: &Network, forwarded: bool) -> Context {
        let mut context = Context::default();
        context::common(&mut context, region);
        let place = self.simulator.compiled.membership(&session.account);
        session.describe(&mut context, self.simulator.inventory, place);
        context::network(&mut context, network, forwarded);
        context
    }

    fn traits(&self, session: &SessionFacts) -> Traits {
        Traits { unique_id: session.unique_id.clone(), ..Traits::default() }
    }

    fn policies<'p>(
        &self,
        caller: Option<&SessionFacts>,
        session: Option<&'p PolicySet>,
        resource: Option<&'p PolicySet>,
        owner: Option<&'p Membership>,
    ) -> Policies<'p>
    where
        'a: 'p,
    {
        let compiled = &self.simulator.compiled;
        let sets = caller.and_then(|caller| compiled.role(&caller.role));
        let own = caller.and_then(|caller| compiled.membership(&caller.account)).filter(|place| !place.management);
        Policies {
            identity: sets.map(|sets| &sets.identity),
            boundary: sets.and_then(|sets| sets.boundary.as_ref()),
            session,
            resource,
            scp: own.map(|place| place.scps.as_slice()),
            rcp: owner.filter(|place| !place.management).map(|place| place.rcps.as_slice()),
            endpoint: None,
        }
    }

    fn given(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        let world = self.simulator.inventory.given.iter().map(|(key, value)| (key.value.as_str(), value));
        let own = self.question.given.iter().map(|(key, value)| (key.as_str(), value));
        // The question's own come last in the context and first in a search.
        own.chain(world)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one request, each named by its caller")]
    fn call(
        &mut self,
        step: Step,
        region: &str,
        action: &str,
        principal: Principal,
        resource: Text,
        owner: &str,
        mut context: Context,
        traits: Traits,
        policies: &Policies<'_>,
    ) {
        let Some(action) = Action::new(action) else { return };
        for (key, value) in self.simulator.inventory.given.iter() {
            apply_given(&mut context, &key.value, value, traits.forwarded);
        }
        for (key, value) in self.question.given {
            apply_given(&mut context, key, value, traits.forwarded);
        }
        let request = Request {
            principal,
            action,
            resource: Segmented::new(resource),
            resource_account: Some(Text::from(owner)),
            context,
            traits,
        };
        let (outcome, explanation) = evaluator::explain(&request, policies, self.other);
        self.calls.push(Call { step, region: region.to_owned(), request, outcome, explanation });
    }

    fn push_step(&mut self, name: StageName, first: usize, region: Option<String>) {
        let calls: Vec<_> = self.calls.iter().enumerate().skip(first).collect();
        let mut stage = stages::step(name, &calls);
        stage.region = region;
        self.stages.push(stage);
    }

    fn finish(self, session: Option<SessionFacts>) -> Walk {
        let decided_by = self.deciding();
        let decision = match decided_by.and_then(|at| self.stages.get(at)).map(|stage| stage.result) {
            None | Some(Verdict::Allow | Verdict::NotNeeded) => Decision::Allow,
            Some(Verdict::Deny) => Decision::ExplicitDeny,
            Some(Verdict::Refuse) => Decision::ImplicitDeny,
            Some(Verdict::Unknown) => Decision::Unknown,
        };
        let mut unknown: Vec<String> = Vec::new();
        if decision == Decision::Unknown {
            let open = self.stages.iter().filter(|stage| stage.result == Verdict::Unknown);
            for name in open.flat_map(|stage| &stage.unknown) {
                if !unknown.contains(name) {
                    unknown.push(name.clone());
                }
            }
        }
        let session = session.map(|facts| Session {
            tags: facts.effective_tags().into_iter().map(|(key, value)| (key, value.to_string())).collect(),
            role: facts.role,
        });
        Walk {
            decision,
            stages: self.stages,
            decided_by,
            calls: self.calls,
            session,
            via: self.via,
            unknown,
            assumed: Uncertainties::NONE,
        }
    }

    /// The stage that decides: of the first request that is denied or refused, else of the first that is unknown.
    ///
    /// A region that is refused is forgiven when the other one allows (provider.md 10.2), but for `rotate`'s
    /// DescribeSecret, which every region must allow.
    fn deciding(&self) -> Option<usize> {
        let failover = self.stages.iter().any(|stage| stage.region.is_some());
        let blocks = |stage: &Stage| stage.result.blocks();
        let of_region = |stage: &Stage, second: bool| is_read(stage.name) && stage.region.is_some() == second;
        let failed = |second: bool| self.stages.iter().any(|stage| of_region(stage, second) && blocks(stage));
        let forgiven = |stage: &Stage| {
            failover
                && is_read(stage.name)
                && *self.question.ask == Ask::Read
                && !(failed(false) && failed(true))
        };
        // Within a request, a denial is told before a refusal.
        let mut candidates: Vec<_> = self.stages.iter().enumerate().filter(|(_, stage)| !forgiven(stage)).collect();
        candidates.sort_by_key(|(at, stage)| (request_of(stage), stage.result != Verdict::Deny, *at));
        let first = |test: fn(&Stage) -> bool| candidates.iter().find(|(_, stage)| test(stage)).map(|(at, _)| *at);
        first(|stage| stage.result.blocks())
            .filter(|at| self.really_blocks(*at))
            .or_else(|| first(|stage| stage.result == Verdict::Unknown))
    }

    /// A refusing stage of a data call decides only if the call as a whole was refused.
    fn really_blocks(&self, at: usize) -> bool {
        let Some(stage) = self.stages.get(at) else { return false };
        let mut calls = stage.calls.iter().filter_map(|number| self.calls.get(*number)).peekable();
        calls.peek().is_none()
            || calls.any(|call| matches!(call.outcome.decision, Decision::ImplicitDeny | Decision::ExplicitDeny))
    }
}

/// Whether a stage belongs to reading the object, in one region or the other.
fn is_read(name: StageName) -> bool {
    !matches!(name, StageName::Class | StageName::Association | StageName::Trust | StageName::Chain)
}

/// Which request of the walk a stage belongs to, in order.
fn request_of(stage: &Stage) -> (u8, bool, u8) {
    let second = stage.region.is_some();
    match stage.name {
        StageName::Class => (0, false, 0),
        StageName::Association => (1, false, 0),
        StageName::Trust => (2, false, 0),
        StageName::Chain => (3, false, 0),
        StageName::Key => (4, second, 1),
        _ => (4, second, 0),
    }
}

/// Whether an action returns a value that is stored encrypted.
fn reads_value(action: &Action) -> bool {
    matches!(
        action.name().to_ascii_lowercase().as_str(),
        "secretsmanager:getsecretvalue"
            | "secretsmanager:putsecretvalue"
            | "ssm:getparameter"
            | "ssm:getparameters"
            | "ssm:getparameterhistory"
    )
}

fn principal(session: &SessionFacts) -> Principal {
    Principal::Session {
        role: Text::from(session.role.as_str()),
        session: None,
        account: Text::from(session.account.as_str()),
    }
}

/// The tags of the role that is assumed; an inherited tag of the same key is seen in its place.
fn tag_role(context: &mut Context, role: &Role, inherited: &[(String, Text)]) {
    let tags = context::role_tags(Some(role));
    for (key, value) in tags {
        let found = inherited.iter().find(|(other, _)| other.eq_ignore_ascii_case(&key));
        let value = found.map_or(value, |(_, value)| value.clone());
        for prefix in ["aws:ResourceTag/", "iam:ResourceTag/"] {
            context.set(format!("{prefix}{key}"), ContextValue::Single(value.clone()));
        }
    }
}

/// Sets what the user gave; the way to the endpoint is not part of a call that a service forwards.
fn apply_given(context: &mut Context, key: &str, value: &ContextValue, forwarded: bool) {
    let network = ["aws:SourceVpce", "aws:SourceVpc", "aws:SourceVpcArn", "aws:VpcSourceIp"];
    if !(forwarded && network.iter().any(|name| name.eq_ignore_ascii_case(key))) {
        context.set(key, value.clone());
    }
}
