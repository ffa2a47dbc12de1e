//! The walk, third part: the object is read and its value decrypted.

use super::{Place, Walker, key_actions, principal};
use crate::inventory::find::Object;
use crate::inventory::promise::{self, Ask};
use crate::policy::set::PolicySet;
use crate::request::{Context, ContextValue};
use crate::service::PARAMETER_STORE;
use crate::simulator::context::SessionFacts;
use crate::simulator::mounts::is_in;
use crate::simulator::network::{self, Network, Passed};
use crate::simulator::{Step, Target, context, stages};
use crate::text::{HoleKind, Text};
use std::sync::Arc;

/// A session that reads an object in a region.
pub(super) struct Reading<'r, 'a> {
    pub(super) session: &'r SessionFacts,
    /// The session policy.
    pub(super) policy: Option<&'r PolicySet>,
    pub(super) place: &'r Place<'a>,
    pub(super) network: Network<'a>,
    /// The keys of each of its requests.
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
                .and_then(|failover| Some((failover, failover.object?)))
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
        let by_reference = self.mount.is_some_and(|mount| mount.by_reference);
        let actions = match self.question.ask {
            Ask::Call(action) => return vec![action.clone()],
            // The provider polls a parameter with the call of the first mount.
            Ask::Rotate if by_reference => object.profile().read,
            Ask::Read => object.profile().read,
            Ask::Rotate => object.profile().rotate,
        };
        actions.iter().map(|action| (*action).to_owned()).collect()
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
            network: self.network(place.object.profile().service),
            context: self.session_context(session, &place.region),
        };
        if self.mount.is_some_and(|mount| mount.by_reference) {
            self.by_reference(&reading);
        }
        for action in self.actions(place.object) {
            if !promise::has_resource(&action) {
                self.bare_call(&reading, &action);
            }
            let profile = place.object.profile();
            if is(profile.batch, &action) {
                // AWS: docs/semantics.md#batchgetsecretvalue
                for read in profile.read {
                    self.data_call(&reading, read, true);
                }
            } else if promise::has_resource(&action) {
                self.data_call(&reading, &action, false);
            }
        }
        let calls: Vec<_> = self.calls.iter().enumerate().skip(first).collect();
        self.stages
            .extend(stages::data(place.label.as_deref(), &calls));
        let mut actions = self
            .calls
            .iter()
            .skip(first)
            .map(|call| key_actions(&call.request.action, place.object));
        if let Some(actions) = actions.find(|actions| !actions.is_empty()) {
            self.key(&reading, actions);
        }
    }

    /// The network path of the pod's own calls to a service.
    pub(super) fn network(&self, service: &str) -> Network<'a> {
        let inventory = self.simulator.inventory;
        let given = |name: &str| {
            self.given()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        };
        let (endpoint, vpc) = (given("aws:SourceVpce"), given("aws:SourceVpc"));
        if let Some(passed) =
            network::passed(inventory, endpoint, vpc, service, self.home_account())
        {
            return Network::Endpoint(passed);
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
            .filter_map(|id| inventory.endpoint(id, &cluster.account));
        if let Some(endpoint) = own.into_iter().find(|endpoint| endpoint.service == service) {
            return Network::Endpoint(Passed::through(endpoint));
        }
        let settled = !cluster.endpoints.is_empty() || inventory.closed.all;
        if settled {
            Network::Public
        } else {
            Network::Unknown
        }
    }

    /// The policy of the endpoint of a call, if it has one.
    pub(super) fn endpoint_policy<'n>(&self, network: &'n Network<'_>) -> Option<&'n PolicySet>
    where
        'a: 'n,
    {
        match network {
            Network::Endpoint(passed) => network::policy(&self.simulator.compiled, passed),
            Network::Public | Network::Unknown => None,
        }
    }

    /// The call to Parameter Store for a reference, which has no tags and no share. Parameter Store then reads the secret.
    fn by_reference(&mut self, reading: &Reading<'_, '_>) {
        // AWS: docs/semantics.md#parameters-that-reference-secrets
        let Some(name) = self.mount.map(|mount| mount.name.value.as_str()) else {
            return;
        };
        let name = name.split_once(':').map_or(name, |(bare, _)| bare);
        let account = reading.session.account.as_str();
        let region = reading.place.region.as_str();
        let partition = self
            .cluster
            .map_or("aws", |cluster| cluster.partition.as_str());
        let arn = format!("arn:{partition}:ssm:{region}:{account}:parameter{name}");
        let simulator = self.simulator;
        let membership = simulator.compiled.membership(account);
        let mut context = Context::over(reading.context.clone());
        let network = self.network(PARAMETER_STORE.service);
        context::network(&mut context, &network, false);
        context.set_text("aws:ResourceAccount", account);
        context::membership(
            &mut context,
            "Resource",
            simulator.inventory,
            account,
            membership,
        );
        let mut policies = self.policies(Some(reading.session), reading.policy, None, membership);
        policies.endpoint = self.endpoint_policy(&network);
        for action in PARAMETER_STORE.read {
            self.call(
                Step::Data,
                region,
                action,
                principal(reading.session),
                Text::from(arn.as_str()),
                Text::from(account),
                context.clone(),
                Self::traits(reading.session),
                &policies,
            );
        }
    }

    /// A call without a resource, and so without tags and a resource policy.
    fn bare_call(&mut self, reading: &Reading<'_, '_>, action: &str) {
        let mut context = Context::over(reading.context.clone());
        context::network(&mut context, &reading.network, false);
        // No resource, no owner.
        context.set("aws:ResourceAccount", ContextValue::Absent);
        // AWS: docs/semantics.md#resource-control-policies
        let own = self.simulator.compiled.membership(&reading.session.account);
        let mut policies = self.policies(Some(reading.session), reading.policy, None, own);
        policies.endpoint = self.endpoint_policy(&reading.network);
        self.call(
            Step::Data,
            &reading.place.region,
            action,
            principal(reading.session),
            Text::fixed("*"),
            reading.session.role.account_text(),
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
        let profile = place.object.profile();
        let name = place.object.display(inventory);
        let membership = simulator.compiled.membership(owner);
        let mut context = Context::over(reading.context.clone());
        let by_reference = self.mount.is_some_and(|mount| mount.by_reference);
        if by_reference {
            // AWS does not document from where Parameter Store reads the secret.
            context::network(&mut context, &Network::Unknown, false);
            let key = "aws:ViaAWSService";
            context.set(key, ContextValue::Unknown(key.into()));
        } else {
            context::network(&mut context, network, false);
        }
        context.set_text("aws:ResourceAccount", owner);
        context::membership(&mut context, "Resource", inventory, owner, membership);
        let shared;
        let (arn, resource) = match place.object {
            Object::Secret(secret) => {
                let arn = self.arn(secret.arn_in(&place.region));
                context::resource_tags(&mut context, profile.tag_keys, &secret.tags, &name);
                if let Some(key) = profile.arn_key {
                    context.set(key, ContextValue::Single(arn.clone()));
                }
                let key = "secretsmanager:SecretPrimaryRegion";
                if !secret.replicas.list.is_empty() {
                    context.set_text(key, secret.region.as_str());
                } else if inventory.may_have_more_replicas(secret) {
                    context.set(key, ContextValue::Unknown(key.into()));
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
            // AWS: docs/semantics.md#parameter-store-and-kms
            Object::Parameter(parameter) if is(profile.by_path, action) => {
                let path = parameter.arn.rsplit_once('/').map_or("", |(path, _)| path);
                let slash = if path.ends_with(":parameter") {
                    "/"
                } else {
                    ""
                };
                (Text::from(format!("{path}{slash}")), None)
            }
            Object::Parameter(parameter) => {
                context::resource_tags(&mut context, profile.tag_keys, &parameter.tags, &name);
                shared = simulator.share(parameter, &session.account);
                (Text::shown(&parameter.arn), shared.as_ref())
            }
            Object::Key(key) => {
                context.set_text("kms:CallerAccount", session.account.as_str());
                self.key_keys(&mut context, key, &name);
                if action.ends_with("crypt") || action.ends_with(":GenerateDataKey") {
                    context.set_text("kms:EncryptionAlgorithm", Text::fixed("SYMMETRIC_DEFAULT"));
                }
                (key.arn.clone(), simulator.compiled.key(key))
            }
        };
        let mut policies = self.policies(Some(session), *policy, resource, membership);
        policies.endpoint = self.endpoint_policy(network);
        let mut traits = Self::traits(session);
        traits.in_batch = in_batch;
        if let Object::Key(key) = place.object {
            context::grants(&mut traits, key, inventory);
            traits.aws_managed_key = key.aws_managed;
        }
        if let (Object::Parameter(_), Some(selector)) = (place.object, self.selector()) {
            traits.select(&arn, selector);
        }
        self.call(
            Step::Data,
            &place.region,
            action,
            principal(session),
            arn,
            Text::from(owner),
            context,
            traits,
            &policies,
        );
    }

    /// The version or label in the mount.
    fn selector(&self) -> Option<&'a str> {
        let mount = self.mount?;
        mount.version.or(mount.label)
    }

    /// The ARN as the mount spells it, if it fills a hole of the predicted ARN.
    pub(super) fn arn(&self, predicted: Text) -> Text {
        let spelt = self
            .mount
            .map(|mount| mount.name.value.as_str())
            .filter(|name| name.starts_with("arn:"));
        match spelt {
            Some(spelt)
                if is_suffixed(&predicted) && spelt.len() == predicted.literal().len() + 6 =>
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
}

/// Whether an action is the given action of the service, if the service has one.
fn is(known: Option<&str>, action: &str) -> bool {
    known.is_some_and(|known| known.eq_ignore_ascii_case(action))
}

/// Whether the only unknown part of an ARN are the six characters at its end.
fn is_suffixed(arn: &Text) -> bool {
    matches!(arn.holes(), [(_, hole)] if hole.kind == HoleKind::SecretSuffix)
}
