//! The walk, last part: the object is read and its value decrypted.

use super::{Place, Walker, principal, reads_value};
use crate::inventory::find::Object;
use crate::inventory::promise::Ask;
use crate::policy::set::PolicySet;
use crate::policy::{PolicyType, parse};
use crate::request::{Context, ContextValue};
use crate::simulator::context::{Network, SessionFacts};
use crate::simulator::mounts::is_in;
use crate::simulator::{Step, Target, context, stages};
use crate::source::Origin;
use crate::syntax::json;
use crate::text::Text;
use std::sync::Arc;

const BATCH: &str = "secretsmanager:BatchGetSecretValue";

/// A session that reads an object in a region.
pub(super) struct Reading<'r, 'a> {
    pub(super) session: &'r SessionFacts,
    /// The session policy.
    pub(super) policy: Option<&'r PolicySet>,
    pub(super) place: &'r Place<'a>,
    pub(super) network: Network,
    /// What each of its requests carries.
    pub(super) context: Arc<Context>,
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
}
