import { REGION } from '../forms/form.js';

/**
 * Parts of names that identify nothing: types of resources, and the words for environments and versions that models append to
 * an ARN by themselves.
 */
const KEPT_WORDS: ReadonlySet<string> = new Set(
  `access-point accesspoint acl activity agent alarm alias amazonaws analyzer api apis apikeys app application apps archive
  assessment assumed-role attribute-group auto-scaling-group aws aws-reserved aws-service-role authorizers autoScalingGroup
  autoScalingGroupName backup backup-plan backup-vault bot budget build bus bytematchset capacity-provider catalog certificate
  certificate-authority changeSet channel client-vpn-endpoint cluster cluster-endpoint cluster-pg cluster-snapshot code
  codesigningconfig collection com component configuration configuration-set connection connector contact container-instance
  container-recipe crawler custom-key-store customer-gateway dashboard data database datacatalog dataset db db-proxy dead-letter
  dedicated-host delivery-stream deployment deploymentconfig deploymentgroup detector deviceguard dhcp-options directory
  distribution dns document domain domainnames ecs eks elastic-ip elasticloadbalancing endpoint endpoint-config environment es
  event-bus event-source-mapping execution experiment export federated-user file-system filesystem fleet flow flow-definition
  function functions gateway global-cluster globalcluster globaltable group group-policy grp gwy hostedzone healthcheck image
  image-recipe index inference-profile instance instance-profile integrations internet-gateway invalidation ipset job
  job-definition job-queue job-run kafka key key-pair keyspace killswitch lambda launch-template layer link listener
  listener-rule loadbalancer locationfsmp log-group log-stream maintenance-window managed-policy mapping member metric-stream
  mfa model models module monitor nat-gateway net network-acl network-interface nodegroup notebook-instance oidc-provider og
  opsitem organization origin-access-identity ou parameter parametergroup permissionSet pg pipeline placement-group plan policy
  pool prefix-list processing-job profile project projects provisioned-product proxy proxy-endpoint queue readonly recipe
  recovery-point registry reportgroup repository replicationgroup reserved-instances resource restapis ri role root route-table
  routes rule rule-group ruleset rules run s3 saml-provider schedule schema scheduled-query schedule-group secgrp secret
  security-group security-group-rule segment server-certificate service service-role session sns snapshot snapshotrule
  spot-instances-request sqs stack stackset stages state stateMachine statemachine stream streams subgrp subnet subnetgroup
  subscription table tables target targetgroup task task-definition task-set template themes time-series topic tracker trail
  training-job transform transit-gateway trigger uptime usageplans user user-policy userpool vault vhost volume vpc
  vpc-endpoint vpc-endpoint-service vpc-peering-connection vpclinks vpn-connection vpn-gateway webacl workgroup workflow
  workspace write dev development int live latest main prod production qa sandbox stage staging test uat blue green canary
  clustercfg master primary reader replica serverless writer ng dualstack internal io net org www`
    .split(/\s+/)
    .map((word) => word.toLowerCase()),
);

/** A Region or an availability zone. */
const PLACE = new RegExp(`^${REGION}[a-z]?$`);
/** Numbers of versions and revisions. */
const VERSION = /^\d{1,6}$/;
/** Names that AWS itself gives to roles. */
const MADE_BY_AWS = /^AWS(?:ServiceRole|Reserved)[A-Za-z]*$/;

export function isKept(part: string): boolean {
  return (
    part.length < 3 ||
    VERSION.test(part) ||
    KEPT_WORDS.has(part.toLowerCase()) ||
    PLACE.test(part) ||
    MADE_BY_AWS.test(part)
  );
}
