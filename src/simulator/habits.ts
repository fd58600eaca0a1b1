// What a simulated device does otherwise than the standard says, by name; the rows are those of docs/interop.md. A scenario lists them per device.

/** How it registers and keeps alive. */
export const registrationHabits = {
  'old-nonce-on-refresh': 'a refreshing REGISTER answers the challenge of the last one at once (Q6)',
  'never-refreshes': 'registers once, after that only keepalives (Q30)',
  'expires-in-contact': 'the lease stands in Contact alone (Q8)',
  'no-expires': 'asks for no lease at all (Q8)',
  'username-admin': 'the digest\'s user is admin, not the id (Q5)',
  'uri-with-address': 'Request-URI and digest uri name our address, not the domain (Q4)',
  'rotating-port': 'every REGISTER leaves from another port (Q19)',
  'keepalive-from-another-port': 'keepalives leave from a port that never registered (Q20)',
  'constant-call-id': 'every request has the same Call-ID and From tag (Q16)',
  'nat-bytes': 'four bytes that are no message keep the NAT open (Q2)',
  'keepalive-before-register': 'begins with a keepalive, as after a restart of ours (Q35b)',
  'options-pings': 'an OPTIONS beside each keepalive (Q35)',
} as const

/** How its messages look on the wire. */
export const wireHabits = {
  'private-contact': 'Contact and Via name an address behind NAT, without rport (Q18)',
  'via-without-cookie': 'branches without z9hG4bK (Q11)',
  'via-last': 'Via is the last header (Q11)',
  'odd-spacing': 'no blank after a colon, padded length, headers and media types in other case (Q12)',
  'sends-twice': 'each request twice, as if the answer were lost (Q10)',
  'no-content-length': 'no Content-Length, over TCP too (Q22)',
  'content-length-zero': 'Content-Length 0 before a body (Q22)',
  'content-length-short': 'Content-Length smaller than the body (Q22)',
  'content-length-long': 'Content-Length larger than the body, over UDP (Q22)',
  'split-messages': 'a message in many TCP segments (Q23)',
  'glued-messages': 'a message waits for the next and leaves with it in one TCP segment, blank lines between (Q23)',
  'no-trying': 'never sends 100 (Q34)',
  'bare-to-in-bye': 'To without brackets in BYE (Q13)',
  'wrong-tags-in-bye': 'BYE with tags of no dialog (Q14)',
  'jumping-cseq': 'CSeq jumps by several (Q14)',
} as const

/** How its bodies are written. */
export const bodyHabits = {
  'gb2312-undeclared': 'GB 2312 bytes and no encoding declared (Q36)',
  'utf8-as-gb2312': 'UTF-8 bytes declared as GB2312 (Q37)',
  'bare-ampersand': 'an & that is not escaped (Q39)',
  'nul-padding': 'NUL bytes and text after the root (Q39)',
  'odd-case': 'element names in other case (Q40)',
} as const

/** What its answers say. */
export const answerHabits = {
  'vendor-elements': 'elements of its own in the catalog (Q41)',
  'device-info-2011': 'DeviceInfo in the form of 2011 (Q42)',
  'offline-beside-ok': 'DeviceStatus OFFLINE beside Result OK (Q43)',
  'status-words': 'catalog Status as ONLINE, OK, 1, empty (Q44)',
  'odd-parents': 'Parental 65535, ParentID itself, the registrar, or several (Q45)',
  'placeholder-fields': 'CivilCode, Address and Owner as their own names, coordinates 0 (Q46)',
  'one-item-per-message': 'one catalog item in each message (Q50)',
  'sum-too-large': 'SumNum promises more than comes (Q49)',
  'sum-changes': 'SumNum grows from message to message (Q49)',
  'repeats-items': 'the last item of a message comes again in the next (Q49)',
  'wrong-sn': 'answers carry SN 0 (Q49)',
  'late-first-answer': 'the catalog begins three seconds late (Q51)',
  'empty-catalog': 'a catalog of nothing (Q52)',
  'records-need-type': 'no recordings unless Type is all (Q54)',
  'records-reject-type': 'refuses a query with Type all (Q54)',
  'odd-record-times': 'recordings with milliseconds and zones (Q54)',
  'old-keyframe-word': 'knows IFameCmd alone, answers ERROR to the other spelling (Q59)',
  'config-without-answer': 'a configuration is taken without an answer (Q60)',
  'password-in-config': 'BasicParam holds the password (Q61)',
} as const

/** Alarms, subscriptions, notifications. */
export const noticeHabits = {
  'alarm-pair': 'each alarm twice, once with method 5 and a type, once with method 0 (Q56)',
  'alarm-as-message': 'alarms come as MESSAGE though they are subscribed to (Q26)',
  'notify-without-dialog': 'NOTIFY without To tag, Event and Subscription-State (Q26)',
  'subscribe-body': 'the 200 of a SUBSCRIBE has a body (Q27)',
  'subscribe-without-expires': 'the 200 of a SUBSCRIBE has no Expires (Q29)',
  'status-storm': 'catalog notifications say OFF and ON by turns for nothing (Q65)',
  'media-status-in-dialog': 'MediaStatus inside the call it ends, in the name of the channel (Q63)',
  'media-status-122': 'a NotifyType of its own before 121 (Q64)',
} as const

/** Calls and their descriptions. */
export const callHabits = {
  'busy-while-held': '486 for a channel of which it still holds a call (Q32)',
  'one-stream': 'a second INVITE for a channel ends the first, whatever its number (Annex K c read widely)',
  'ok-after-cancel': '200 for an INVITE that was cancelled',
  'no-contact': '200 to INVITE without Contact (Q31)',
  'unusable-contact': '200 to INVITE with a Contact that is no address (Q31)',
  'media-before-ack': 'media flows with the 200 (Q33)',
  'rejects-offer': '488 for every offer (Q77)',
  'y-absent': 'no y= in the answer (Q66)',
  'y-zero': 'y=0000000000 in the answer (Q66)',
  'own-ssrc': 'its own SSRC in the answer, made of other digits of the id (Q67)',
  'other-ssrc-in-media': 'media carries an SSRC that nobody named (Q68)',
  'no-address': 'c= says 0.0.0.0 (Q72)',
  'setup-over-udp': 'a=setup in an answer over UDP, odd attributes (Q74, Q75)',
  'private-rtpmap': 'rtpmap names a stream of its own (Q76)',
  'times-from-1900': 't= counted from 1900 in the answer (Q78)',
} as const

const all = { ...registrationHabits, ...wireHabits, ...bodyHabits, ...answerHabits, ...noticeHabits, ...callHabits }
export type Habit = keyof typeof all

/** Each with what it means, for a command's help and a scenario's errors. */
export const habits: Readonly<Record<Habit, string>> = all
export const isHabit = (text: string): text is Habit => Object.hasOwn(all, text)

export type Habits = ReadonlySet<Habit>
