// Names that code written for the Scalekit SDK imports as enums. What they stand for here is text.
import type * as events from '../types/events.js';

export const GrantType = {
  AuthorizationCode: 'authorization_code',
  RefreshToken: 'refresh_token',
  ClientCredentials: 'client_credentials',
} as const;

export const Source: { readonly [Name in events.Source]: Name } = {
  SOURCE_UNSPECIFIED: 'SOURCE_UNSPECIFIED',
  SCALEKIT: 'SCALEKIT',
  DIR_SYNC: 'DIR_SYNC',
};

export const ObjectType: { readonly [Name in events.ObjectType]: Name } = {
  OBJECT_TYPE_UNSPECIFIED: 'OBJECT_TYPE_UNSPECIFIED',
  Workspace: 'Workspace',
  Environment: 'Environment',
  Organization: 'Organization',
  Connection: 'Connection',
  User: 'User',
  Role: 'Role',
  CustomAttributes: 'CustomAttributes',
  Directory: 'Directory',
  DirectoryUser: 'DirectoryUser',
  DirectoryGroup: 'DirectoryGroup',
  Session: 'Session',
  Template: 'Template',
  Job: 'Job',
  Domain: 'Domain',
  EmailServer: 'EmailServer',
  Email: 'Email',
  AuthRequest: 'AuthRequest',
  SAMLRequest: 'SAMLRequest',
  SAMLResponse: 'SAMLResponse',
  TokenClaims: 'TokenClaims',
  OIDCReqParams: 'OIDCReqParams',
  OIDCRespClaims: 'OIDCRespClaims',
  SSOError: 'SSOError',
  GenericError: 'GenericError',
  RefreshTokens: 'RefreshTokens',
  EndSessionRequest: 'EndSessionRequest',
  LogoutTokenClaims: 'LogoutTokenClaims',
  OAuthResponse: 'OAuthResponse',
  JSON: 'JSON',
  SKErrors: 'SKErrors',
  OrgMembership: 'OrgMembership',
  UserProfile: 'UserProfile',
  IDPInitiatedPayload: 'IDPInitiatedPayload',
  DeviceDetails: 'DeviceDetails',
  Actions: 'Actions',
  InterceptorEvent: 'InterceptorEvent',
  Permission: 'Permission',
  OrgMembershipEvent: 'OrgMembershipEvent',
  UserLoginEvent: 'UserLoginEvent',
  UserLogoutEvent: 'UserLogoutEvent',
  ConnectedAccount: 'ConnectedAccount',
};
