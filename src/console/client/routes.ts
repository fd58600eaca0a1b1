// Made by scripts/make-console-routes.ts from the routes of the API: what each takes and answers. Not to be edited.
import type { Static } from 'typebox'
import type * as api from '../../api/schema/index.ts'

export interface Routes {
  'DELETE /cameras/:id': { readonly query: Static<typeof api.CameraRetire>; readonly body: undefined; readonly answer: Static<typeof api.Camera> }
  'DELETE /cameras/:id/presets/:n': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.CommandDone> }
  'DELETE /cameras/:id/source': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.CameraSource> }
  'DELETE /cameras/checks/:id': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.AreaCheck> }
  'DELETE /inspections/:id/rechecks/:recheck': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Recheck> }
  'DELETE /playbacks/:id': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Playback> }
  'DELETE /session': { readonly query: undefined; readonly body: undefined; readonly answer: undefined }
  'DELETE /sessions/:id': { readonly query: undefined; readonly body: undefined; readonly answer: undefined }
  'DELETE /users/:name/sessions': { readonly query: undefined; readonly body: undefined; readonly answer: undefined }
  'GET /alarms': { readonly query: Static<typeof api.AlarmListQuery>; readonly body: undefined; readonly answer: Static<typeof api.AlarmPage> }
  'GET /audit': { readonly query: Static<typeof api.AuditQuery>; readonly body: undefined; readonly answer: Static<typeof api.AuditPage> }
  'GET /audit/verify': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.AuditProof> }
  'GET /cameras': { readonly query: Static<typeof api.CameraListQuery>; readonly body: undefined; readonly answer: Static<typeof api.CameraPage> }
  'GET /cameras/:id': { readonly query: Static<typeof api.CameraQueryAt>; readonly body: undefined; readonly answer: Static<typeof api.Camera> }
  'GET /cameras/:id/cruises': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.CruiseTrack>)[] } }
  'GET /cameras/:id/cruises/:n': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.CruiseDetail> }
  'GET /cameras/:id/device-snapshots': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.SnapshotOrder>)[] } }
  'GET /cameras/:id/findings': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.KeptFinding>)[] } }
  'GET /cameras/:id/history': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.FieldChange>)[] } }
  'GET /cameras/:id/home-position': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.HomePositionAnswer> }
  'GET /cameras/:id/presets': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.Preset>)[] } }
  'GET /cameras/:id/ptz-position': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.PtzPosition> }
  'GET /cameras/:id/recordings': { readonly query: Static<typeof api.RecordingsQuery>; readonly body: undefined; readonly answer: Static<typeof api.RecordingList> }
  'GET /cameras/:id/source': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.CameraSource> }
  'GET /cameras/:id/values': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.Values>)[] } }
  'GET /cameras/areas': { readonly query: Static<typeof api.AreasQuery>; readonly body: undefined; readonly answer: Static<typeof api.AreaCounts> }
  'GET /cameras/checks': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.AreaCheck>)[] } }
  'GET /cameras/checks/:id': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.AreaCheck> }
  'GET /cameras/points': { readonly query: Static<typeof api.PointsQuery>; readonly body: undefined; readonly answer: Static<typeof api.PointClusters> }
  'GET /cameras/within': { readonly query: Static<typeof api.WithinQuery>; readonly body: undefined; readonly answer: Static<typeof api.PointsWithin> }
  'GET /completeness': { readonly query: Static<typeof api.CompletenessQuery>; readonly body: undefined; readonly answer: Static<typeof api.CompletenessGroups> }
  'GET /completeness/history': { readonly query: Static<typeof api.CompletenessHistoryQuery>; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.CompletenessDay>)[] } }
  'GET /counts': { readonly query: Static<typeof api.AreaCheckRequest>; readonly body: undefined; readonly answer: Static<typeof api.Counts> }
  'GET /devices': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.DeviceList> }
  'GET /devices/:id': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.DeviceDetail> }
  'GET /devices/:id/channels': { readonly query: Static<typeof api.ChannelListQuery>; readonly body: undefined; readonly answer: Static<typeof api.ChannelPage> }
  'GET /devices/:id/configuration': { readonly query: Static<typeof api.ConfigurationQuery>; readonly body: undefined; readonly answer: Static<typeof api.Configuration> }
  'GET /devices/:id/information': { readonly query: Static<typeof api.InformationQuery>; readonly body: undefined; readonly answer: Static<typeof api.DeviceInformation> }
  'GET /devices/:id/positions': { readonly query: Static<typeof api.PositionQuery>; readonly body: undefined; readonly answer: Static<typeof api.PositionPage> }
  'GET /devices/:id/sd-cards': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.SdCard>)[] } }
  'GET /devices/:id/status': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.DeviceStatus> }
  'GET /devices/:id/subscriptions': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.SubscriptionsAnswer> }
  'GET /devices/:id/trace': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.TraceView> }
  'GET /divisions': { readonly query: Static<typeof api.DivisionQuery>; readonly body: undefined; readonly answer: Static<typeof api.DivisionList> }
  'GET /drawn-sets': { readonly query: Static<typeof api.DrawnSetQuery>; readonly body: undefined; readonly answer: Static<typeof api.DrawnSetList> }
  'GET /draws': { readonly query: Static<typeof api.AreaListQuery>; readonly body: undefined; readonly answer: Static<typeof api.SeedDrawList> }
  'GET /draws/:id': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.SeedDraw> }
  'GET /draws/outlook': { readonly query: Static<typeof api.DrawOutlookQuery>; readonly body: undefined; readonly answer: Static<typeof api.DrawOutlook> }
  'GET /evidence': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.EvidenceState> }
  'GET /exemptions': { readonly query: Static<typeof api.ExemptionListQuery>; readonly body: undefined; readonly answer: Static<typeof api.ExemptionPage> }
  'GET /exemptions/:n': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Exemption> }
  'GET /fields': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.FieldTable> }
  'GET /findings': { readonly query: Static<typeof api.FindingListQuery>; readonly body: undefined; readonly answer: Static<typeof api.FindingPage> }
  'GET /findings/:n': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.FindingWithHistory> }
  'GET /holds': { readonly query: Static<typeof api.HoldListQuery>; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.Hold>)[] } }
  'GET /imports': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.ImportSummary>)[] } }
  'GET /imports/:id': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Import> }
  'GET /imports/:id/rows': { readonly query: Static<typeof api.ImportRowsQuery>; readonly body: undefined; readonly answer: Static<typeof api.ImportRows> }
  'GET /inspections': { readonly query: Static<typeof api.InspectionListQuery>; readonly body: undefined; readonly answer: Static<typeof api.InspectionList> }
  'GET /inspections/:id': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.InspectionDetail> }
  'GET /inspections/:id/appeals': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.AppealList> }
  'GET /inspections/:id/checks': { readonly query: Static<typeof api.CheckListQuery>; readonly body: undefined; readonly answer: Static<typeof api.CheckList> }
  'GET /inspections/:id/checks/:n': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.CheckDetail> }
  'GET /inspections/:id/checks/:n/history': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.History> }
  'GET /inspections/:id/holds': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.Hold>)[] } }
  'GET /inspections/:id/opinions': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.OpinionList> }
  'GET /inspections/:id/rechecks': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.RecheckList> }
  'GET /inspections/:id/rejudgements': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.RejudgementList> }
  'GET /inspections/:id/rejudgements/:rejudgement': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Rejudgement> }
  'GET /installation': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Installation> }
  'GET /live': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.StreamList> }
  'GET /live/:camera': { readonly query: Static<typeof api.LiveStreamQuery>; readonly body: undefined; readonly answer: Static<typeof api.LiveAddresses> }
  'GET /map': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.MapGround> }
  'GET /map/outlines': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.OutlineCollection> }
  'GET /plans': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.PlanList> }
  'GET /playbacks': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.PlaybackList> }
  'GET /playbacks/:id': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.PlaybackOpened> }
  'GET /record-rules': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.RecordRule>)[] } }
  'GET /rule-sets': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.RuleSetList> }
  'GET /rule-sets/:name': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.RuleSetDetail> }
  'GET /rule-sets/:name/versions/:version': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.RuleSetDetail> }
  'GET /rule-sets/:name/versions/:version/differences': { readonly query: Static<typeof api.RuleDifferencesQuery>; readonly body: undefined; readonly answer: Static<typeof api.RuleDifferences> }
  'GET /rule-sets/:name/versions/:version/figures': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.RuleFigures> }
  'GET /session': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Session> }
  'GET /session/settings': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.SettingList> }
  'GET /sessions': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.SessionEntries> }
  'GET /signing-keys': { readonly query: undefined; readonly body: undefined; readonly answer: { readonly items: readonly (Static<typeof api.SigningKey>)[] } }
  'GET /system': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.SystemState> }
  'GET /trace/strangers': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.StrangersView> }
  'GET /users': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.UserList> }
  'GET /users/:name/sessions': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.SessionEntries> }
  'PATCH /cameras/:id': { readonly query: undefined; readonly body: Static<typeof api.CameraChange>; readonly answer: Static<typeof api.Camera> }
  'PATCH /findings/:n': { readonly query: undefined; readonly body: Static<typeof api.FindingEdit>; readonly answer: Static<typeof api.FindingWithHistory> }
  'PATCH /users/:name': { readonly query: undefined; readonly body: Static<typeof api.UserChange>; readonly answer: Static<typeof api.User> }
  'POST /cameras': { readonly query: undefined; readonly body: Static<typeof api.CameraCreate>; readonly answer: Static<typeof api.Camera> }
  'POST /cameras/:id/adopt': { readonly query: undefined; readonly body: Static<typeof api.Adoption>; readonly answer: Static<typeof api.Camera> }
  'POST /cameras/:id/commands': { readonly query: undefined; readonly body: Static<typeof api.CameraCommand>; readonly answer: Static<typeof api.CommandDone> }
  'POST /cameras/:id/device-snapshots': { readonly query: undefined; readonly body: Static<typeof api.SnapshotRequest>; readonly answer: Static<typeof api.SnapshotOrder> }
  'POST /cameras/:id/playbacks': { readonly query: undefined; readonly body: Static<typeof api.PlaybackCreate>; readonly answer: Static<typeof api.PlaybackOpened> }
  'POST /cameras/:id/presets/:n/call': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.CommandDone> }
  'POST /cameras/:id/ptz': { readonly query: undefined; readonly body: Static<typeof api.PtzRequest>; readonly answer: Static<typeof api.PtzAnswer> }
  'POST /cameras/:id/verified': { readonly query: undefined; readonly body: Static<typeof api.Verification>; readonly answer: Static<typeof api.Camera> }
  'POST /cameras/adopt': { readonly query: undefined; readonly body: Static<typeof api.AdoptionBulk>; readonly answer: Static<typeof api.AdoptionOutcome> }
  'POST /cameras/checks': { readonly query: undefined; readonly body: Static<typeof api.AreaCheckRequest>; readonly answer: Static<typeof api.AreaCheck> }
  'POST /devices/:id/alarms/reset': { readonly query: undefined; readonly body: Static<typeof api.AlarmReset>; readonly answer: Static<typeof api.CommandDone> }
  'POST /devices/:id/approve': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Device> }
  'POST /devices/:id/catalog': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.CatalogAsked> }
  'POST /devices/:id/reboot': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.CommandDone> }
  'POST /devices/:id/refuse': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Device> }
  'POST /devices/:id/sd-cards/format': { readonly query: undefined; readonly body: Static<typeof api.SdCardFormat>; readonly answer: Static<typeof api.CommandDone> }
  'POST /devices/:id/upgrade': { readonly query: undefined; readonly body: Static<typeof api.Upgrade>; readonly answer: Static<typeof api.UpgradeAsked> }
  'POST /draws': { readonly query: undefined; readonly body: Static<typeof api.SeedDrawOpen>; readonly answer: Static<typeof api.SeedDraw> }
  'POST /draws/:id/commitment': { readonly query: undefined; readonly body: Static<typeof api.SeedCommitment>; readonly answer: Static<typeof api.SeedDraw> }
  'POST /draws/:id/reveal': { readonly query: undefined; readonly body: Static<typeof api.SeedReveal>; readonly answer: Static<typeof api.SeedDraw> }
  'POST /exemptions': { readonly query: undefined; readonly body: Static<typeof api.ExemptionCreate>; readonly answer: Static<typeof api.Exemption> }
  'POST /exemptions/:n/end': { readonly query: undefined; readonly body: Static<typeof api.ExemptionEnd>; readonly answer: Static<typeof api.Exemption> }
  'POST /findings/bulk': { readonly query: undefined; readonly body: Static<typeof api.FindingBulk>; readonly answer: Static<typeof api.BulkOutcome> }
  'POST /imports/:id/apply': { readonly query: undefined; readonly body: Static<typeof api.ImportApply>; readonly answer: Static<typeof api.Import> }
  'POST /imports/:id/cancel': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Import> }
  'POST /inspections': { readonly query: undefined; readonly body: Static<typeof api.InspectionStart>; readonly answer: Static<typeof api.InspectionSummary> }
  'POST /inspections/:id/appeals/:appeal/decision': { readonly query: undefined; readonly body: Static<typeof api.DecisionBody>; readonly answer: Static<typeof api.Review> }
  'POST /inspections/:id/cancel': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.InspectionSummary> }
  'POST /inspections/:id/checks/:n/appeals': { readonly query: undefined; readonly body: Static<typeof api.AppealBody>; readonly answer: Static<typeof api.Appeal> }
  'POST /inspections/:id/checks/:n/opinions': { readonly query: undefined; readonly body: Static<typeof api.OpinionBody>; readonly answer: Static<typeof api.Opinion> }
  'POST /inspections/:id/checks/:n/rechecks': { readonly query: undefined; readonly body: Static<typeof api.ExemptionEnd>; readonly answer: Static<typeof api.Recheck> }
  'POST /inspections/:id/checks/:n/review': { readonly query: undefined; readonly body: Static<typeof api.ReviewBody>; readonly answer: Static<typeof api.Review> }
  'POST /inspections/:id/holds': { readonly query: undefined; readonly body: Static<typeof api.HoldBody>; readonly answer: Static<typeof api.Hold> }
  'POST /inspections/:id/holds/:hold/release': { readonly query: undefined; readonly body: Static<typeof api.ExemptionEnd>; readonly answer: Static<typeof api.Hold> }
  'POST /inspections/:id/pause': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.InspectionSummary> }
  'POST /inspections/:id/rejudge': { readonly query: undefined; readonly body: Static<typeof api.RejudgeBody>; readonly answer: Static<typeof api.RejudgementSummary> }
  'POST /inspections/:id/rejudgements/:rejudgement/cancel': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.RejudgementSummary> }
  'POST /inspections/:id/resume': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.InspectionSummary> }
  'POST /playbacks/:id/control': { readonly query: undefined; readonly body: Static<typeof api.PlaybackControl>; readonly answer: Static<typeof api.Playback> }
  'POST /rule-sets': { readonly query: undefined; readonly body: Static<typeof api.RuleSetWrite>; readonly answer: Static<typeof api.RuleSetDetail> }
  'POST /session': { readonly query: undefined; readonly body: Static<typeof api.LoginBody>; readonly answer: Static<typeof api.Session> }
  'POST /signing-keys': { readonly query: undefined; readonly body: Static<typeof api.SigningKeyBody>; readonly answer: Static<typeof api.SigningKey> }
  'POST /signing-keys/:key/revoke': { readonly query: undefined; readonly body: Static<typeof api.ExemptionEnd>; readonly answer: Static<typeof api.SigningKey> }
  'POST /snapshot-uploads/:token': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Uploaded> }
  'POST /snapshot-uploads/:token/*': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Uploaded> }
  'POST /tokens': { readonly query: undefined; readonly body: Static<typeof api.TokenCreate>; readonly answer: Static<typeof api.TokenCreated> }
  'POST /users': { readonly query: undefined; readonly body: Static<typeof api.UserCreate>; readonly answer: Static<typeof api.User> }
  'PUT /cameras/:id/home-position': { readonly query: undefined; readonly body: Static<typeof api.HomePosition>; readonly answer: Static<typeof api.CommandDone> }
  'PUT /cameras/:id/presets/:n': { readonly query: undefined; readonly body: Static<typeof api.PresetName>; readonly answer: Static<typeof api.CommandDone> }
  'PUT /cameras/:id/source': { readonly query: undefined; readonly body: Static<typeof api.CameraSourceChange>; readonly answer: Static<typeof api.CameraSource> }
  'PUT /devices/:id/configuration': { readonly query: Static<typeof api.ConfigurationTarget>; readonly body: Static<typeof api.ConfigurationChange>; readonly answer: Static<typeof api.CommandDone> }
  'PUT /devices/:id/media-transport': { readonly query: undefined; readonly body: Static<typeof api.DeviceMediaTransport>; readonly answer: Static<typeof api.Device> }
  'PUT /devices/:id/password': { readonly query: undefined; readonly body: Static<typeof api.DevicePassword>; readonly answer: Static<typeof api.Device> }
  'PUT /devices/:id/settings': { readonly query: undefined; readonly body: Static<typeof api.DeviceSettings>; readonly answer: Static<typeof api.Device> }
  'PUT /devices/:id/subscriptions': { readonly query: undefined; readonly body: Static<typeof api.Subscriptions>; readonly answer: Static<typeof api.SubscriptionsAnswer> }
  'PUT /imports/:id/choices': { readonly query: undefined; readonly body: Static<typeof api.ImportChoices>; readonly answer: Static<typeof api.Import> }
  'PUT /session/password': { readonly query: undefined; readonly body: Static<typeof api.PasswordChange>; readonly answer: Static<typeof api.PasswordChanged> }
  'PUT /session/settings/:key': { readonly query: undefined; readonly body: Static<typeof api.SettingChange>; readonly answer: Static<typeof api.Setting> }
  'PUT /snapshot-uploads/:token': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Uploaded> }
  'PUT /snapshot-uploads/:token/*': { readonly query: undefined; readonly body: undefined; readonly answer: Static<typeof api.Uploaded> }
}
