//! The walk, last part: the object is read and its value decrypted.

use super::{Place, Walker, principal, reads_value};
use crate::inventory::find::Object;
use crate::inventory::promise::Ask;
use crate::inventory::{KeyRef, KmsKey};
use crate::policy::set::PolicySet;
use crate::policy::{PolicyType, parse};
use crate::request::{Context, ContextValue};
use crate::simulator::context::{Network, SessionFacts};
use crate::simulator::mounts::is_in;
use crate::simulator::{Fault, StageName, Step, Target, context, stages};
use crate::source::Origin;
use crate::syntax::json;
use crate::text::{HoleKind, Text};
use crate::uncertainty::Uncertainty;
use std::sync::Arc;

const BATCH: &str = "secretsmanager:BatchGetSecretValue";

/// A session that reads an object in a region.
struct Reading<'r, 'a> {
    session: &'r SessionFacts,
    /// The session policy.
    policy: Option<&'r PolicySet>,
    place: &'r Place<'a>,
    network: Network,
    /// What each of its requests carries.
    context: Arc<Context>,
}

impl<'a> Walker<'a, '_> {
    pub(super) fn places(&self) -> Vec<Place<'a>> {
        let mut places = Vec::new();
        if let Some(mount) = self.mount {
            if let (Some(object), Some(region)) = (mount.object, &mount.region) {
                places.push(Place {
                    region: region.clone(),
                    object,
                    label: None,
                });
            }
            if let Some((failover, object)) = mount
                .failover
                .as_ref()
                .and_then(|one| Some((one, one.object?)))
            {
                let label = Some(failover.region.to_owned());
                places.push(Place {
                    region: failover.region.to_owned(),
                    object,
                    label,
                });
            }
            return places;
        }
        if let Target::Object(object) = self.question.target {
            let home = self.cluster.map(|cluster| cluster.region.as_str());
            let region = home
                .filter(|home| is_in(object, home))
                .unwrap_or_else(|| object.region());
            places.push(Place {
                region: region.to_owned(),
                object,
                label: None,
            });
        }
        places
    }

    pub(super) fn actions(&self, object: Object<'_>) -> Vec<String> {
        match (self.question.ask, object) {
            (Ask::Call(action), _) => vec![action.clone()],
            (Ask::Read, Object::Secret(_)) => vec!["secretsmanager:GetSecretValue".into()],
            (Ask::Rotate, Object::Secret(_)) => {
                vec![
                    "secretsmanager:GetSecretValue".into(),
                    "secretsmanager:DescribeSecret".into(),
                ]
            }
            (Ask::Read | Ask::Rotate, Object::Parameter(_)) => vec!["ssm:GetParameters".into()],
            (Ask::Read | Ask::Rotate, Object::Key(_)) => vec!["kms:Decrypt".into()],
        }
    }

    pub(super) fn read(
        &mut self,
        session: &SessionFacts,
        policy: Option<&PolicySet>,
        place: &Place<'_>,
    ) {
        let first = self.calls.len();
        let reading = Reading {
            session,
            policy,
            place,
            network: self.network(place),
            context: self.session_context(session, &place.region),
        };
        for action in self.actions(place.object) {
            if action.eq_ignore_ascii_case(BATCH) && matches!(place.object, Object::Secret(_)) {
                // AWS: the batch itself names no secret; each of its secrets is asked for on its own (evaluation.md 6.7).
                self.batch_call(&reading);
                self.data_call(&reading, "secretsmanager:GetSecretValue", true);
            } else {
                self.data_call(&reading, &action, false);
            }
        }
        let calls: Vec<_> = self.calls.iter().enumerate().skip(first).collect();
        self.stages
            .extend(stages::data(place.label.as_deref(), &calls));
        let decrypts = self
            .calls
            .iter()
            .skip(first)
            .any(|call| reads_value(&call.request.action));
        if decrypts {
            self.key(&reading);
        }
    }

    pub(super) fn network(&self, place: &Place<'_>) -> Network {
        let inventory = self.simulator.inventory;
        let service = match place.object {
            Object::Secret(_) => "secretsmanager",
            Object::Parameter(_) => "ssm",
            Object::Key(_) => "kms",
        };
        let given = |name: &str| {
            self.given()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        };
        if let Some(ContextValue::Single(id)) = given("aws:SourceVpce") {
            return Network::Endpoint {
                id: id.to_string(),
                vpc: None,
            };
        }
        if given("aws:SourceIp").is_some() {
            return Network::Public;
        }
        let Some(cluster) = self.cluster else {
            return Network::Unknown;
        };
        let own = cluster
            .endpoints
            .iter()
            .filter_map(|id| inventory.endpoints.iter().find(|one| one.id == *id));
        if let Some(endpoint) = own.into_iter().find(|one| one.service == service) {
            return Network::Endpoint {
                id: endpoint.id.clone(),
                vpc: endpoint.vpc.clone(),
            };
        }
        let settled = !cluster.endpoints.is_empty() || inventory.closed.all;
        if settled {
            Network::Public
        } else {
            Network::Unknown
        }
    }

    /// The call that reads several secrets at once; it has no resource, and so neither tags nor a resource policy.
    fn batch_call(&mut self, reading: &Reading<'_, '_>) {
        let mut context = Context::over(reading.context.clone());
        context::network(&mut context, &reading.network, false);
        let mut policies = self.policies(Some(reading.session), reading.policy, None, None);
        if let Network::Endpoint { id, .. } = &reading.network {
            policies.endpoint = self.simulator.compiled.endpoint(id);
        }
        self.call(
            Step::Data,
            &reading.place.region,
            BATCH,
            principal(reading.session),
            Text::fixed("*"),
            &reading.session.account,
            context,
            Self::traits(reading.session),
            &policies,
        );
    }

    fn data_call(&mut self, reading: &Reading<'_, '_>, action: &str, in_batch: bool) {
        let Reading {
            session,
            policy,
            place,
            network,
            ..
        } = reading;
        let simulator = self.simulator;
        let inventory = simulator.inventory;
        let owner = place.object.account();
        let name = place.object.display(inventory);
        let membership = simulator.compiled.membership(owner);
        let mut context = Context::over(reading.context.clone());
        context::network(&mut context, network, false);
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
                    for key in [
                        "secretsmanager:resource/AllowRotationLambdaArn",
                        "secretsmanager:resource/Type",
                    ] {
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
        let mut policies = self.policies(Some(session), *policy, resource, membership);
        if let Network::Endpoint { id, .. } = network {
            policies.endpoint = simulator.compiled.endpoint(id);
        }
        let mut traits = Self::traits(session);
        traits.in_batch = in_batch;
        if let (Object::Parameter(_), Some(selector)) = (place.object, self.selector()) {
            traits.select(&arn, selector);
        }
        self.call(
            Step::Data,
            &place.region,
            action,
            principal(session),
            arn,
            owner,
            context,
            traits,
            &policies,
        );
    }

    /// The version or label that the mount names.
    fn selector(&self) -> Option<&'a str> {
        let mount = self.mount?;
        mount.version.or(mount.label)
    }

    /// The ARN as the mount spells it, when that fills a hole of the ARN we predicted.
    pub(super) fn arn(&self, predicted: Text) -> Text {
        let spelt = self
            .mount
            .map(|mount| mount.name.value.as_str())
            .filter(|name| name.starts_with("arn:"));
        match spelt {
            Some(spelt)
                if !predicted.is_known() && spelt.len() == predicted.literal().len() + 6 =>
            {
                Text::from(spelt)
            }
            _ => predicted,
        }
    }

    pub(super) fn version_keys(&self, context: &mut Context) {
        let Some(mount) = self.mount else { return };
        if let Some(version) = mount.version {
            context.set_text("secretsmanager:VersionId", version);
        }
        if let Some(label) = mount.label {
            context.set_text("secretsmanager:VersionStage", label);
        }
    }

    /// The policy that AWS RAM puts on a shared parameter, for the caller's account.
    pub(super) fn share(
        &self,
        parameter: &crate::inventory::Parameter,
        session: &SessionFacts,
    ) -> Option<PolicySet> {
        let organization = self.simulator.inventory.organization.as_ref();
        let both_inside = organization.is_some()
            && self
                .simulator
                .compiled
                .membership(&session.account)
                .is_some()
            && self
                .simulator
                .compiled
                .membership(&parameter.account)
                .is_some();
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

    fn key(&mut self, reading: &Reading<'_, '_>) {
        let place = reading.place;
        let (reference, service, context_arn) = match place.object {
            Object::Secret(secret) => (
                secret.key_in(&place.region),
                "secretsmanager",
                self.arn(secret.arn_in(&place.region)),
            ),
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
                let Some(set) = self
                    .simulator
                    .compiled
                    .managed_key(owner, service, &place.region)
                else {
                    return;
                };
                let partition = context_arn
                    .literal()
                    .split(':')
                    .nth(1)
                    .unwrap_or("aws")
                    .to_owned();
                let id = Text::hole(format!("id of aws/{service}"), HoleKind::KeyId);
                let arn = Text::from(format!("arn:{partition}:kms:{}:{owner}:key/", place.region))
                    .then(&id);
                self.decrypt(reading, (service, &context_arn), (arn, set, None));
            }
            KeyRef::Named(name) => {
                let Some(key) =
                    self.simulator
                        .inventory
                        .find_key(&name.value, owner, &place.region)
                else {
                    self.missing_key(&name.value, name.origin, owner, place);
                    return;
                };
                let Some(set) = self.simulator.compiled.key(key) else {
                    return;
                };
                if !key.enabled.value {
                    let note = format!(
                        "the key {} is disabled",
                        Object::Key(key).display(self.simulator.inventory)
                    );
                    let origin = Some(key.enabled.origin);
                    self.stages.push(stages::fault(
                        StageName::Key,
                        "kms:Decrypt".into(),
                        origin,
                        Fault::KeyDisabled,
                        note,
                    ));
                    return;
                }
                let key = (key.arn.clone(), set, Some(key));
                self.decrypt(reading, (service, &context_arn), key);
            }
        }
    }

    pub(super) fn missing_key(
        &mut self,
        name: &str,
        origin: Origin,
        owner: &str,
        place: &Place<'_>,
    ) {
        let asked = "kms:Decrypt".to_owned();
        let mut stage = if self.simulator.inventory.is_absent("keys", owner, name) {
            let note = format!("there is no key `{name}` in {}", place.region);
            stages::fault(
                StageName::Key,
                asked,
                Some(origin),
                Fault::NoKey(name.to_owned()),
                note,
            )
        } else {
            stages::open(StageName::Key, asked, format!("key {name}"))
        };
        stage.region.clone_from(&place.label);
        self.stages.push(stage);
    }

    /// The forwarded `kms:Decrypt` (evaluation.md 5.11, 5.12).
    fn decrypt(
        &mut self,
        reading: &Reading<'_, '_>,
        (service, object_arn): (&str, &Text),
        (key_arn, set, key): (Text, &PolicySet, Option<&KmsKey>),
    ) {
        let Reading {
            session,
            policy,
            place,
            network,
            ..
        } = reading;
        let owner = key
            .map_or(place.object.account(), |key| key.account.as_str())
            .to_owned();
        let membership = self.simulator.compiled.membership(&owner);
        let mut context = Context::over(reading.context.clone());
        context::network(&mut context, network, true);
        context.set_text("aws:ResourceAccount", owner.as_str());
        context::membership(
            &mut context,
            "Resource",
            self.simulator.inventory,
            &owner,
            membership,
        );
        context.set_text("aws:ViaAWSService", Text::fixed("true"));
        context.set_text(
            "kms:ViaService",
            format!("{service}.{}.amazonaws.com", place.region),
        );
        context.set_text("kms:CallerAccount", session.account.as_str());
        context.set_text("kms:EncryptionAlgorithm", Text::fixed("SYMMETRIC_DEFAULT"));
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
            let version =
                version.unwrap_or_else(|| Text::hole("id of the secret's version", HoleKind::Any));
            context.set(
                "kms:EncryptionContext:SecretVersionId",
                ContextValue::Single(version),
            );
            vec![Text::fixed("SecretARN"), Text::fixed("SecretVersionId")]
        } else {
            context.set(
                "kms:EncryptionContext:PARAMETER_ARN",
                ContextValue::Single(object_arn.clone()),
            );
            vec![Text::from("PARAMETER_ARN")]
        };
        context.set("kms:EncryptionContextKeys", ContextValue::Multi(keys));
        if let Some(key) = key {
            let name = Object::Key(key).display(self.simulator.inventory);
            self.key_keys(&mut context, key, &name);
        }
        let policies = self.policies(Some(session), *policy, Some(set), membership);
        let mut traits = Self::traits(session);
        traits.forwarded = true;
        traits.aws_managed_key = key.is_none_or(|key| key.aws_managed);
        traits.grants = key.map(|key| key.grants.clone()).unwrap_or_default();
        let first = self.calls.len();
        let principal = principal(session);
        self.call(
            Step::Key,
            &place.region,
            "kms:Decrypt",
            principal,
            key_arn,
            &owner,
            context,
            traits,
            &policies,
        );
        self.push_step(StageName::Key, first, place.label.clone());
        if let Some(stage) = self.stages.last_mut() {
            stage.note = Some(match key {
                Some(key) => Object::Key(key).display(self.simulator.inventory),
                None => format!("aws/{service}"),
            });
        }
    }

    /// What a key itself brings into a request.
    pub(super) fn key_keys(&self, context: &mut Context, key: &KmsKey, name: &str) {
        context::resource_tags(context, &["aws:ResourceTag/"], key.tags.as_ref(), name);
        context::aliases(context, key, self.simulator.inventory, name);
        context.set_text("kms:KeySpec", Text::fixed("SYMMETRIC_DEFAULT"));
        context.set_text("kms:KeyUsage", Text::fixed("ENCRYPT_DECRYPT"));
        context.set("kms:KeyOrigin", context::hole("kms:KeyOrigin"));
        context.set("kms:MultiRegion", context::hole("kms:MultiRegion"));
    }
}
