// Generated from messages/en.json by `make messages`; do not edit.

/** The texts of the screens, in ICU MessageFormat. The build puts each in the place of its call. */
export declare const m: {
  app: {
    /** Can’t reach PartyChat */
    unreachable(): string;
    /** This page could not be loaded. */
    pageNotLoaded(): string;
    /** No connection */
    noConnection(): string;
    /** The details appear when the connection is back. */
    detailsWithConnection(): string;
  };
  common: {
    /** Try again */
    tryAgain(): string;
    /** The form could not be loaded. Check your connection. */
    formNotLoaded(): string;
    /** Members */
    members(): string;
    /** Close */
    close(): string;
    /** My account */
    myAccount(): string;
    /** Copy */
    copy(): string;
    /** Log out */
    logOut(): string;
    /** Emoji */
    emoji(): string;
    /** Cancel */
    cancel(): string;
    /** Edit */
    edit(): string;
    /** Delete */
    delete(): string;
    /** Join */
    join(): string;
    /** Log in */
    logIn(): string;
    /** Sign up */
    signUp(): string;
    /** Enter your username. */
    enterUsername(): string;
    /** Enter your password. */
    enterPassword(): string;
    /** Username */
    username(): string;
    /** Password */
    password(): string;
    /** Keep me logged in on this device */
    keepLoggedIn(): string;
    /** PartyChat */
    partyChat(): string;
    /** Show more */
    showMore(): string;
    /** Go to the start page */
    toStartPage(): string;
    /** Create a room */
    createRoom(): string;
    /** Reconnecting… */
    reconnecting(): string;
    /** Nobody matches “{text}”. */
    nobodyMatches(values: { text: string | number }): string;
    /** Room details */
    roomDetails(): string;
    /** Details */
    details(): string;
  };
  failures: {
    /** The server cannot do this now. Please try again. */
    serverBusy(): string;
    /** The server cannot be reached. Check your connection. */
    unreachable(): string;
    /** Something went wrong. Please try again. */
    somethingWrong(): string;
  };
  account: {
    /** What admins can do */
    adminHelp(): string;
    /** Address copied. */
    addressCopied(): string;
    /** Your browser blocked copying. Select the address and copy it yourself. */
    copyingBlocked(): string;
    /** You are this server’s admin */
    welcome(): string;
    /** In every room that you can see, you can change the name, delete messages and remove people. You can ban people from the whole server. */
    adminRights(): string;
    /** Invite people */
    invitePeople(): string;
    /** Only people with an invitation link can sign up. Create a link and send it to them. */
    signUpByInvitation(): string;
    /** Sign-up is closed. People who have an account can still use an invitation link. */
    signUpClosed(): string;
    /** Anyone who opens this address can sign up: */
    signUpOpen(): string;
    /** This address works on this machine only. Others need the machine’s name or address in its place. */
    addressIsLocal(): string;
    /** You can also create an invitation link to a room. */
    linkToRoom(): string;
    /** Create an invitation link */
    createLink(): string;
    /** Later */
    later(): string;
    /** Enter your current password. */
    enterCurrentPassword(): string;
    /** Password changed. You were logged out on all other devices. */
    passwordChanged(): string;
    /** Change password */
    changePassword(): string;
    /** Current password */
    currentPassword(): string;
    /** New password */
    newPassword(): string;
    /** You were logged out on all other devices. */
    othersLoggedOut(): string;
    /** Unknown device */
    unknownDevice(): string;
    /** this device */
    thisDevice(): string;
    /** Where you are logged in */
    sessions(): string;
    /** Log out on all other devices */
    logOutOthers(): string;
    /** You are {name}. */
    youAre(values: { name: string | number }): string;
    /** You are {name}, an admin of this server. */
    youAreAdmin(values: { name: string | number }): string;
    /** You are {name}, a guest. Set a password in the settings to keep this name. */
    youAreGuest(values: { name: string | number }): string;
    /** At least {count, plural, one {# character} other {# characters}}. Changing it logs you out on all other devices. */
    newPasswordHint(values: { count: number }): string;
    /** {device} was logged out. */
    deviceLoggedOut(values: { device: string | number }): string;
    /** active {ago} */
    active(values: { ago: string | number }): string;
    /** Log out {device}, {activity} */
    logOutDevice(values: { device: string | number; activity: string | number }): string;
  };
  composing: {
    /** The map could not be loaded. Check your connection. */
    mapNotLoaded(): string;
    /** The emoji could not be loaded. Check your connection. */
    emojiNotLoaded(): string;
    /** Finding your location… */
    findingLocation(): string;
    /** Share my location */
    shareLocation(): string;
    /** People */
    people(): string;
    /** everyone in this room */
    everyone(): string;
    /** {count, plural, one {# person} other {# people}}. {name} */
    suggestedName(values: { count: number; name: string | number }): string;
    /** Mention {count, plural, one {# person} other {# people}}? */
    toEveryoneTitle(values: { count: number }): string;
    /** “@room” mentions everyone in this room. */
    toEveryoneEffect(): string;
    /** Attach */
    attach(): string;
    /** Photo or file */
    attachFiles(): string;
  };
  editing: {
    /** Edit your message */
    editMessage(): string;
    /** Save */
    save(): string;
    /** Message actions */
    messageActions(): string;
    /** Mark unread from here */
    markUnread(): string;
    /** Delete this message? */
    deleteTitle(): string;
    /** The message disappears for everyone in the room. A note that it was deleted stays. */
    deleteEffect(): string;
    /** Too long by {count, plural, one {# character} other {# characters}}. */
    tooLong(values: { count: number }): string;
  };
  emoji: {
    /** Emoji by name */
    emojiByName(): string;
    /** {count} emoji. {name} */
    suggestions(values: { count: string | number; name: string | number }): string;
  };
  invite: {
    /** No, thanks */
    noThanks(): string;
    /** In 1 hour */
    in1Hour(): string;
    /** In 1 day */
    in1Day(): string;
    /** In 1 week */
    in1Week(): string;
    /** Never */
    never(): string;
    /** Anyone */
    anyone(): string;
    /** Link copied. */
    linkCopied(): string;
    /** Your browser blocked copying. Select the link and copy it yourself. */
    copyingBlocked(): string;
    /** for one person */
    forOnePerson(): string;
    /** Each person who opens the link gets their own conversation with you. */
    ownConversation(): string;
    /** Link expires */
    linkExpires(): string;
    /** Can be used by */
    usableBy(): string;
    /** Let guests join without an account */
    letGuestsIn(): string;
    /** Link */
    link(): string;
    /** Create another link */
    createAnotherLink(): string;
    /** Create a link */
    createLink(): string;
    /** Active links */
    activeLinks(): string;
    /** Never expires */
    neverExpires(): string;
    /** Turn off link */
    turnOffLink(): string;
    /** Invite by name */
    inviteByName(): string;
    /** Start typing a name */
    startTyping(): string;
    /** People found */
    peopleFound(): string;
    /** {name} invites you to {room}. */
    toRoom(values: { name: string | number; room: string | number }): string;
    /** {name} invites you to a conversation. */
    toConversation(values: { name: string | number }): string;
    /** {used} of {most} used */
    usedOf(values: { used: string | number; most: string | number }): string;
    /** {count, plural, =0 {not used yet} one {used once} other {used # times}} */
    used(values: { count: number }): string;
    /** Invite to {room} */
    inviteTo(values: { room: string | number }): string;
    /** Invite to a conversation with you */
    inviteToConversation(): string;
    /** Created by {name}, {uses} */
    createdBy(values: { name: string | number; uses: string | number }): string;
    /** Expires {date} */
    expires(values: { date: string | number }): string;
    /** {count, plural, one {# person} other {# people}} */
    upTo(values: { count: number }): string;
    /** {name} was invited and notified. */
    invited(values: { name: string | number }): string;
    /** {name} was invited but is offline. Send this link, which works only for {name}. */
    invitedOffline(values: { name: string | number }): string;
  };
  join: {
    /** This is your own link */
    ownLink(): string;
    /** Send it to someone else. Anyone who opens it can start a conversation with you. */
    sendOwnLink(): string;
    /** Go to PartyChat */
    toPartyChat(): string;
    /** This server has no join page */
    noJoinPage(): string;
    /** This link does not work */
    brokenLink(): string;
    /** To join this server, you need an account or an invitation link. */
    needsAccountOrLink(): string;
    /** It may have expired or been used up. Ask the person who sent it for a new one. */
    whyBroken(): string;
    /** You can’t join */
    mayNotJoin(): string;
    /** The page could not be loaded */
    pageNotLoaded(): string;
    /** Join PartyChat */
    joinPartyChat(): string;
    /** Choose a room and a name. */
    chooseRoomAndName(): string;
    /** There are no public rooms yet. */
    noPublicRooms(): string;
    /** Join as a guest */
    joinAsGuest(): string;
    /** Find a room */
    findRoom(): string;
    /** No public room matches. */
    noRoomMatches(): string;
    /** Room */
    room(): string;
    /** More rooms */
    moreRooms(): string;
    /** Your name */
    yourName(): string;
    /** No password needed. You can set one later. */
    noPasswordNeeded(): string;
    /** Members: {members} */
    members(values: { members: string | number }): string;
    /** {count, plural, one {# person} other {# people}} */
    count(values: { count: number }): string;
    /** {names} and {count, plural, one {# other} other {# others}} */
    andOthers(values: { names: string | number; count: number }): string;
    /** {names} and {name} */
    andLast(values: { names: string | number; name: string | number }): string;
    /** Join {place} · PartyChat */
    pageTitle(values: { place: string | number }): string;
    /** Join {place} */
    joinRoom(values: { place: string | number }): string;
    /** Chat with {name} */
    chatWith(values: { name: string | number }): string;
    /** {name} invites you */
    invitesYou(values: { name: string | number }): string;
    /** Join as {name} again */
    joinAgain(values: { name: string | number }): string;
  };
  landing: {
    /** Create account */
    createAccount(): string;
    /** This account will be the admin of this server. */
    firstIsAdmin(): string;
    /** To sign up here, you need an invitation link. Ask someone who has an account. */
    signUpByInvitation(): string;
    /** This server doesn’t accept new accounts. */
    signUpClosed(): string;
    /** Real-time rooms and direct messages on your own server. */
    whatItIs(): string;
    /** Your session has ended because you were away for a while or logged out elsewhere. */
    sessionExpired(): string;
    /** Log in to continue where you left off. */
    logInToContinue(): string;
    /** You have logged out. */
    loggedOut(): string;
    /** You were logged out here from another device, or because your password was changed. */
    loggedOutElsewhere(): string;
    /** You have been banned from this server. */
    banned(): string;
    /** Log in to open this room. */
    logInForRoom(): string;
    /** If you have no account yet, sign up first. */
    signUpFirst(): string;
    /** At least {count, plural, one {# character} other {# characters}}. */
    passwordHint(values: { count: number }): string;
    /** Continue as {name} */
    continueAs(values: { name: string | number }): string;
    /** Sign up · PartyChat */
    signUpPage(): string;
    /** Log in · PartyChat */
    logInPage(): string;
  };
  leaving: {
    /** You are an admin of this room. If no other admin stays, the longest-standing member becomes admin. */
    adminEffect(): string;
    /** Leave */
    leave(): string;
    /** This room is private. After you leave, you can come back only if a member invites you. */
    privateEffect(): string;
    /** Leave {room}? */
    leaveRoomTitle(values: { room: string | number }): string;
  };
  location: {
    /** Location: */
    locationLabel(): string;
    /** Recorded at */
    recordedAt(): string;
    /** Open in OpenStreetMap */
    openMap(): string;
    /** Share your location? */
    shareTitle(): string;
    /** Share */
    share(): string;
    /** Sharing your location needs a secure connection (HTTPS). */
    locationNeedsHttps(): string;
    /** Your browser blocks location access for this page. Allow it in the address bar, then try again. */
    locationBlocked(): string;
    /** Your device can’t find its location. Check that location services are on. */
    locationUnknown(): string;
    /** Finding your location took too long. Try again, for example near a window. */
    locationTookTooLong(): string;
    /** Your location will be sent to {to}. Everyone who can read the message can open it on a map. */
    shareEffect(values: { to: string | number }): string;
    /** {degrees}° N */
    north(values: { degrees: string | number }): string;
    /** {degrees}° S */
    south(values: { degrees: string | number }): string;
    /** {degrees}° E */
    east(values: { degrees: string | number }): string;
    /** {degrees}° W */
    west(values: { degrees: string | number }): string;
    /** {latitude}, {longitude} */
    place(values: { latitude: string | number; longitude: string | number }): string;
    /** ±{count} m */
    metres(values: { count: string | number }): string;
    /** ±{count} km */
    kilometres(values: { count: string | number }): string;
  };
  members: {
    /** {room} was deleted by an admin. */
    roomWasDeleted(values: { room: string | number }): string;
    /** Make admin */
    makeAdmin(): string;
    /** Take admin role away */
    takeAdmin(): string;
    /** {name} is an admin of this room now. */
    isAdminNow(values: { name: string | number }): string;
    /** {name} is no longer an admin of this room. */
    isNoAdminNow(values: { name: string | number }): string;
    /** Unban */
    unban(): string;
    /** Loading */
    loading(): string;
    /** Banned people */
    bannedPeople(): string;
    /** Banned from the server */
    bannedFromServer(): string;
    /** Remove from room */
    removeFromRoom(): string;
    /** Ban from room */
    banFromRoom(): string;
    /** Ban from server */
    banFromServer(): string;
    /** banned */
    banned(): string;
    /** away */
    away(): string;
    /** admin */
    admin(): string;
    /** You can’t see this room’s members. */
    hidden(): string;
    /** Online */
    online(): string;
    /** Offline */
    offline(): string;
    /** Remove */
    remove(): string;
    /** Ban */
    ban(): string;
    /** {name} can come back now. */
    canComeBack(values: { name: string | number }): string;
    /** by {name} · {day} */
    bannedBy(values: { name: string | number; day: string | number }): string;
    /** Unban {name} */
    unbanName(values: { name: string | number }): string;
    /** this room */
    thisRoom(): string;
    /** Banned from {place} */
    bannedFrom(values: { place: string | number }): string;
    /** Nobody is banned from {place}. */
    nobodyBannedFrom(values: { place: string | number }): string;
    /** Nobody is banned from the server. */
    nobodyBanned(): string;
    /** Actions for {name} */
    actionsFor(values: { name: string | number }): string;
    /** {title} — {count} */
    group(values: { title: string | number; count: string | number }): string;
    /** Remove {name} from {place}? */
    removeTitle(values: { name: string | number; place: string | number }): string;
    /** {name} will be removed immediately and needs a new invitation to come back. */
    removeFromPrivate(values: { name: string | number }): string;
    /** {name} will be removed immediately but can join again at any time. */
    removeFromPublic(values: { name: string | number }): string;
    /** {name} was removed from {place}. */
    removeDone(values: { name: string | number; place: string | number }): string;
    /** Ban {name} from {place}? */
    banTitle(values: { name: string | number; place: string | number }): string;
    /** {name} will be removed immediately and can’t read or join the room until an admin lifts the ban. */
    banEffect(values: { name: string | number }): string;
    /** {name} was banned from {place}. */
    banDone(values: { name: string | number; place: string | number }): string;
    /** Ban {name} from this server? */
    banFromServerTitle(values: { name: string | number }): string;
    /** {name} will be logged out everywhere immediately and can’t log in until a server admin lifts the ban. */
    banFromServerEffect(values: { name: string | number }): string;
    /** {name} was banned from this server. */
    banFromServerDone(values: { name: string | number }): string;
    /** You were removed from {room}. */
    youWereRemoved(values: { room: string | number }): string;
    /** You were banned from {room}. */
    youWereBanned(values: { room: string | number }): string;
  };
  notFound: {
    /** Not found · PartyChat */
    pageTitle(): string;
    /** Page not found */
    title(): string;
    /** There is no page at this address. Check it for typing errors. */
    explanation(): string;
  };
  people: {
    /** The list of people could not be loaded. Check your connection. */
    listNotLoaded(): string;
    /** Find people */
    findPeople(): string;
    /** People */
    people(): string;
    /** Find people by name */
    findPeopleByName(): string;
    /** Online only */
    onlineOnly(): string;
    /** Nobody else is online. */
    nobodyOnline(): string;
    /** Nobody else is on this server yet. Open a room to invite people. */
    nobodyElse(): string;
    /** Invite someone by link */
    inviteByLink(): string;
    /** guest */
    kindGuest(): string;
    /** bot */
    kindBot(): string;
    /** online */
    online(): string;
    /** away */
    away(): string;
    /** offline */
    offline(): string;
    /** guest · {what} */
    guestWho(values: { what: string | number }): string;
  };
  room: {
    /** This room is archived: you can read it, but nobody can write in it. */
    archived(): string;
    /** Write a message */
    writeMessage(): string;
    /** Message */
    message(): string;
    /** Send */
    send(): string;
    /** The newest messages could not be loaded. Check your connection. */
    newestNotLoaded(): string;
    /** Messages */
    messages(): string;
    /** No messages yet */
    noMessagesYet(): string;
    /** Write the first message. */
    writeFirst(): string;
    /** Nobody has written in this room yet. */
    nobodyHasWritten(): string;
    /** The messages could not be loaded */
    messagesNotLoaded(): string;
    /** Loading messages */
    loadingMessages(): string;
    /** Jump to newest */
    jumpToNewest(): string;
    /** new */
    newOnes(): string;
    /** New */
    newLine(): string;
    /** This message was deleted. */
    deleted(): string;
    /** edited */
    edited(): string;
    /** Retry */
    retry(): string;
    /** · sending */
    sending(): string;
    /** · sent */
    sent(): string;
    /** Room not found */
    roomNotFound(): string;
    /** You don’t have access to this room */
    noAccess(): string;
    /** The room could not be loaded */
    roomNotLoaded(): string;
    /** It may have been deleted, or only its members can see it. */
    whyNotFound(): string;
    /** Back to my rooms */
    backToRooms(): string;
    /** No conversation open */
    noRoomOpen(): string;
    /** No rooms yet */
    noRoomsYet(): string;
    /** Ask a member for an invitation link. */
    askForLink(): string;
    /** Use the search bar to find a room, or create your own and invite people. */
    howToBegin(): string;
    /** Back to the list */
    backToList(): string;
    /** Join this room to write here and keep it in your list. */
    joinToWrite(): string;
    /** Unread messages */
    unreadMessages(): string;
    /** Show the first new message */
    showFirstNew(): string;
    /** Mark as read */
    markAsRead(): string;
    /** Several people are typing… */
    severalTyping(): string;
    /** Too long by {count, plural, one {# character} other {# characters}}. Shorten it, or send it in parts. */
    tooLong(values: { count: number }): string;
    /** {count, plural, one {# character} other {# characters}} left */
    charactersLeft(values: { count: number }): string;
    /** Message {to} */
    messageTo(values: { to: string | number }): string;
    /** Not sent. {reason} */
    notSent(values: { reason: string | number }): string;
    /** Choose one from the list. */
    choose(): string;
    /** Choose one from the list, or use the search bar to find a room or a person. */
    chooseOrSearch(): string;
    /** {count} new since {when} */
    newSince(values: { count: string | number; when: string | number }): string;
    /** {count} new */
    newCount(values: { count: string | number }): string;
    /** {day}, {time} */
    dayAndTime(values: { day: string | number; time: string | number }): string;
    /** {name}: {text} */
    said(values: { name: string | number; text: string | number }): string;
    /** {count, plural, one {# new message} other {# new messages}}. {last} */
    newMessages(values: { count: number; last: string | number }): string;
    /** {name} is typing… */
    typing(values: { name: string | number }): string;
    /** {name} and {other} are typing… */
    twoTyping(values: { name: string | number; other: string | number }): string;
  };
  session: {
    /** Log in again */
    logInAgain(): string;
    /** You were logged out because you were away for a while. Everything here is as you left it. */
    explanation(): string;
  };
  push: {
    /** Notifications on this device */
    thisDevice(): string;
    /** Notify me when the chat is closed */
    whenClosed(): string;
    /** You stay logged in on this device, even if you don't use it for a while. */
    keepsLoggedIn(): string;
    /** Show the text of messages */
    showText(): string;
    /** Your browser blocks notifications from this site. Allow them in the settings of the browser, then come back. */
    denied(): string;
    /** Notifications need a secure connection (HTTPS). */
    insecure(): string;
    /** First add the chat to your home screen: tap Share, then Add to Home Screen. */
    install(): string;
    /** This browser can't receive notifications while the chat is closed. */
    unsupported(): string;
    /** The push service of your browser can't be reached. Check your connection. */
    serviceAway(): string;
    /** New message */
    newMessage(): string;
    /** {author} in {room} */
    inRoom(values: { author: string | number; room: string | number }): string;
    /** Shared a location */
    location(): string;
    /** Sent a file */
    file(): string;
    /** Nothing new */
    nothingNew(): string;
  };
  sidebar: {
    /** Archived ({count}) */
    archived(values: { count: string | number }): string;
    /** Archived rooms */
    archivedRooms(): string;
    /** The dialog could not be loaded. Check your connection. */
    dialogNotLoaded(): string;
    /** The settings could not be loaded. Check your connection. */
    settingsNotLoaded(): string;
    /** My account: */
    myAccountOf(): string;
    /** Settings */
    settings(): string;
    /** Log out for good? */
    logOutTitle(): string;
    /** Name */
    name(): string;
    /** Topic */
    topic(): string;
    /** What the room is about. Optional. */
    topicHint(): string;
    /** Who can see it */
    kind(): string;
    /** Everyone on this server can find and join it. */
    publicHint(): string;
    /** Only members can see it. People join by invitation. */
    privateHint(): string;
    /** Create */
    create(): string;
    /** Joined */
    joined(): string;
    /** Find rooms, people or messages */
    findRoomsOrPeople(): string;
    /** Ctrl K */
    controlK(): string;
    /** There are no rooms yet. */
    noRooms(): string;
    /** Rooms and people found */
    found(): string;
    /** Create room */
    createRoom(): string;
    /** You haven’t joined any rooms yet. */
    noRoomsJoined(): string;
    /** You now have an account. You keep your rooms and messages. */
    accountMade(): string;
    /** Set a password */
    setPasswordForm(): string;
    /** With a password, you can log in from any device and keep your rooms and messages. */
    passwordHint(): string;
    /** Set password */
    setPassword(): string;
    /** Theme */
    theme(): string;
    /** Automatic */
    automatic(): string;
    /** Light or dark, like your system. */
    automaticHint(): string;
    /** Light */
    light(): string;
    /** Dark */
    dark(): string;
    /** My messages */
    myMessages(): string;
    /** On the right */
    onTheRight(): string;
    /** On the left */
    onTheLeft(): string;
    /** All on one side */
    oneSide(): string;
    /** Your messages have a colour instead of their own side. */
    oneSideHint(): string;
    /** You have no password, so you can’t come back as {name}. Set one in the settings to keep your rooms and messages. */
    logOutEffect(values: { name: string | number }): string;
    /** Public */
    publicRoom(): string;
    /** Private */
    privateRoom(): string;
    /** ⌘ K */
    commandK(): string;
    /** {rooms, plural, =0 {No rooms} one {# room} other {# rooms}} found. */
    roomsFound(values: { rooms: number }): string;
    /** {rooms, plural, =0 {No rooms} one {# room} other {# rooms}} and {people, plural, one {# person} other {# people}} found. */
    roomsAndPeopleFound(values: { rooms: number; people: number }): string;
    /** Nothing matches “{text}”. */
    noRoomMatches(values: { text: string | number }): string;
    /** Create “{name}” */
    createNamed(values: { name: string | number }): string;
    /** {count, plural, one {# member} other {# members}} */
    members(values: { count: number }): string;
    /** Search */
    search(): string;
    /** Chats */
    chats(): string;
    /** New chat */
    newChat(): string;
    /** Location */
    location(): string;
    /** {name}: {text} */
    saidBy(values: { name: string | number; text: string | number }): string;
    /** Files */
    files(): string;
  };
  rules: {
    /** Choose a username. */
    chooseAUsername(): string;
    /** The username may have letters, digits, “_”, “.” and “-” only. */
    usernameCharacters(): string;
    /** Choose a password. */
    chooseAPassword(): string;
    /** Give the room a name. */
    giveTheRoomAName(): string;
    /** The username needs at least {count, plural, one {# character} other {# characters}}. */
    usernameTooShort(values: { count: number }): string;
    /** The username may have at most {count, plural, one {# character} other {# characters}}. */
    usernameTooLong(values: { count: number }): string;
    /** The password needs at least {count, plural, one {# character} other {# characters}}. */
    passwordTooShort(values: { count: number }): string;
    /** The password may have at most {count, plural, one {# character} other {# characters}}. */
    passwordTooLong(values: { count: number }): string;
    /** The name may have at most {count, plural, one {# character} other {# characters}}. */
    roomNameTooLong(values: { count: number }): string;
    /** The topic may have at most {count, plural, one {# character} other {# characters}}. */
    topicTooLong(values: { count: number }): string;
  };
  ui: {
    /** Dismiss */
    dismiss(): string;
    /** Hide what I type */
    hidePassword(): string;
    /** Show what I type */
    showPassword(): string;
    /** private */
    private(): string;
    /** Notifications */
    notifications(): string;
    /** {count} unread */
    unread(values: { count: string | number }): string;
    /** 99+ */
    over99(): string;
    /** {count, plural, one {# mentions you} other {# mention you}} */
    mentions(values: { count: number }): string;
    /** muted */
    muted(): string;
  };
  notices: {
    /** Welcome, {name}! You have joined this room. */
    welcome(values: { name: string | number }): string;
    /** You */
    you(): string;
    /** {name} and {other} */
    two(values: { name: string | number; other: string | number }): string;
    /** {name} and {count, plural, one {# other} other {# others}} */
    many(values: { name: string | number; count: number }): string;
    /** {count, plural, other {{who} joined}} */
    joined(values: { count: number; who: string | number }): string;
    /** {count, plural, other {{who} left}} */
    left(values: { count: number; who: string | number }): string;
    /** {count, plural, one {{who} was removed} other {{who} were removed}} */
    removed(values: { count: number; who: string | number }): string;
    /** You were removed */
    youRemoved(): string;
  };
  page: {
    /** Real-time rooms and direct messages on your own server. */
    description(): string;
    /** PartyChat needs JavaScript to show messages as they arrive. */
    needsJavaScript(): string;
  };
  details: {
    /** Unarchive */
    unarchive(): string;
    /** Unarchive room */
    unarchiveRoom(): string;
    /** Archive room */
    archiveRoom(): string;
    /** Archive */
    archive(): string;
    /** Archive {room}? */
    archiveTitle(values: { room: string | number }): string;
    /** Everyone can still find and read the room, but nobody can write in it or join it. It moves from the list of chats to “Archived”. Admins can unarchive it at any time. */
    archiveEffect(): string;
    /** {room} is archived. */
    archiveDone(values: { room: string | number }): string;
    /** {room} is back in the list of chats. */
    unarchiveDone(values: { room: string | number }): string;
    /** Delete room */
    deleteRoom(): string;
    /** Delete {room}? */
    deleteTitle(values: { room: string | number }): string;
    /** All messages and files in the room are deleted for everyone, for good. If you only want to close the room, archive it. */
    deleteEffect(): string;
    /** To confirm, type the name of the room: {room} */
    deleteNameLabel(values: { room: string | number }): string;
    /** This is not the name of the room. */
    deleteNameDiffers(): string;
    /** Close details */
    close(): string;
    /** Invite people */
    invitePeople(): string;
    /** Edit */
    edit(): string;
    /** Edit {room} */
    editTitle(values: { room: string | number }): string;
    /** Save */
    save(): string;
    /** Leave room */
    leaveRoom(): string;
    /** Close conversation */
    closeConversation(): string;
  };
  threads: {
    /** Thread */
    thread(): string;
    /** Threads */
    threads(): string;
    /** {count, plural, one {# thread with unread replies} other {# threads with unread replies}} */
    unreadThreads(values: { count: number }): string;
    /** Close threads */
    closeThreads(): string;
    /** Your threads could not be loaded */
    threadsNotLoaded(): string;
    /** You follow no threads yet */
    noThreads(): string;
    /** You follow a thread when you write in it, when somebody answers you in one or mentions you there, or by its bell. */
    howToFollow(): string;
    /** {count, plural, one {# new reply} other {# new replies}} */
    newReplies(values: { count: number }): string;
    /** Follow this thread */
    follow(): string;
    /** Stop following this thread */
    unfollow(): string;
    /** Close the thread */
    close(): string;
    /** Messages in this thread */
    messages(): string;
    /** The thread could not be loaded */
    notLoaded(): string;
    /** {count, plural, =0 {No replies yet} one {# reply} other {# replies}} */
    replies(values: { count: number }): string;
    /** Show older replies */
    showOlder(): string;
    /** this thread */
    thisThread(): string;
    /** Write a reply */
    writeReply(): string;
    /** Also show it in {room} */
    alsoIn(values: { room: string | number }): string;
    /** From a thread */
    fromThread(): string;
    /** Show the original message */
    showOriginal(): string;
    /** In reply to */
    inReplyTo(): string;
    /** The message that you are answering */
    answering(): string;
    /** Replying to {name} */
    replyingTo(values: { name: string | number }): string;
    /** Cancel the reply */
    cancelReply(): string;
    /** This message does not exist. */
    noMessage(): string;
    /** Reply */
    reply(): string;
    /** Reply in a thread */
    replyInThread(): string;
    /** Copy link */
    copyLink(): string;
  };
  search: {
    /** Search messages */
    title(): string;
    /** Words, “phrases”, from: in: before: after: has: */
    placeholder(): string;
    /** Close search */
    close(): string;
    /** Newest first */
    newestFirst(): string;
    /** in {place} · {time} */
    placeAndTime(values: { place: string | number; time: string | number }): string;
    /** a direct message */
    aConversation(): string;
    /** in {room} */
    inRoom(values: { room: string | number }): string;
    /** Search all rooms */
    allRooms(): string;
    /** {count, plural, =0 {No messages} one {# message} other {# messages}} */
    count(values: { count: number }): string;
    /** {count, plural, other {#+ messages}} */
    atLeast(values: { count: number }): string;
    /** Older messages are still being indexed. Some may be missing. */
    incomplete(): string;
    /** The search didn’t work */
    notSearched(): string;
    /** Show more */
    more(): string;
    /** No messages match “{text}” */
    nothing(values: { text: string | number }): string;
    /** Try fewer or other words, the beginning of a word, or another filter. */
    tryOther(): string;
    /** Recent searches */
    recent(): string;
    /** Clear recent searches */
    forgetRecent(): string;
    /** Narrow a search */
    narrow(): string;
    /** messages that I sent */
    fromMe(): string;
    /** messages with a link */
    withLink(): string;
    /** messages with files */
    withFile(): string;
    /** messages with pictures */
    withImage(): string;
    /** sent today */
    sentToday(): string;
    /** "good morning" */
    phraseExample(): string;
    /** exactly these words */
    exactWords(): string;
    /** in:main */
    roomExample(): string;
    /** only in this room */
    inOneRoom(): string;
    /** Search results */
    results(): string;
    /** Back to results */
    backToResults(): string;
    /** Stay here */
    stayHere(): string;
    /** Search messages for “{text}” */
    messagesWith(values: { text: string | number }): string;
    /** Search “{text}” in {room} */
    messagesInRoom(values: { text: string | number; room: string | number }): string;
    /** {name} in {place} */
    saidIn(values: { name: string | number; place: string | number }): string;
  };
  actions: {
    /** React */
    react(): string;
    /** Copy text */
    copyText(): string;
    /** Copied. */
    copied(): string;
    /** Your browser blocked copying. */
    copyingBlocked(): string;
  };
  marks: {
    /** Pin to the room */
    pin(): string;
    /** Unpin */
    unpin(): string;
    /** Pinned */
    pinned(): string;
    /** Pinned by {name} */
    pinnedBy(values: { name: string | number }): string;
    /** Pinned by you */
    pinnedByYou(): string;
    /** No messages are pinned here. Admins pin a message from its menu. */
    noPins(): string;
    /** The pinned messages could not be loaded. */
    pinsNotLoaded(): string;
    /** Bookmark */
    bookmark(): string;
    /** Remove bookmark */
    removeBookmark(): string;
    /** Bookmarks */
    bookmarks(): string;
    /** Close bookmarks */
    closeBookmarks(): string;
    /** No bookmarks yet */
    noBookmarks(): string;
    /** Bookmark a message from its menu to find it here. Only you can see your bookmarks. */
    howToBookmark(): string;
    /** Your bookmarks could not be loaded */
    bookmarksNotLoaded(): string;
    /** You can’t see this message any more. */
    notVisible(): string;
  };
  reactions: {
    /** Reactions */
    reactions(): string;
    /** React with {emoji} */
    reactWith(values: { emoji: string | number }): string;
    /** {emoji} by {names} */
    by(values: { emoji: string | number; names: string | number }): string;
    /** you */
    you(): string;
    /** {count, plural, one {# other} other {# others}} */
    others(values: { count: number }): string;
  };
  files: {
    /** Files for your message */
    chosen(): string;
    /** {percent}% uploaded */
    progress(values: { percent: string | number }): string;
    /** Uploading {name} */
    uploading(values: { name: string | number }): string;
    /** Remove {name} */
    remove(values: { name: string | number }): string;
    /** Remove */
    removeShort(): string;
    /** Upload {name} again */
    retry(values: { name: string | number }): string;
    /** {count, plural, one {Your message is sent when its file is uploaded.} other {Your message is sent when its # files are uploaded.}} */
    waiting(values: { count: number }): string;
    /** A file of your message could not be uploaded. */
    waitingFailed(): string;
    /** Change */
    change(): string;
    /** Drop to send to {to} */
    drop(values: { to: string | number }): string;
    /** {count, plural, one {A message can have one file.} other {A message can have # files.}} */
    tooMany(values: { count: number }): string;
    /** {name} is too large. A file can have at most {size}. */
    tooLarge(values: { name: string | number; size: string | number }): string;
    /** {name} is empty. */
    empty(values: { name: string | number }): string;
    /** Your browser has no space to keep these files. Don’t close this page until they are uploaded. */
    notKept(): string;
    /** View {name} */
    view(values: { name: string | number }): string;
    /** Pictures */
    viewer(): string;
    /** The picture could not be opened. Check your connection. */
    viewerNotLoaded(): string;
    /** {place} of {count} */
    place(values: { place: string | number; count: string | number }): string;
    /** Download */
    download(): string;
    /** Previous picture */
    before(): string;
    /** Next picture */
    after(): string;
    /** Photos and files */
    inRoom(): string;
    /** No files yet. Drag one onto the room to share it. */
    noneYet(): string;
    /** The files could not be loaded. */
    notLoaded(): string;
  };
  notifying: {
    /** New messages */
    newMessages(): string;
    /** {name} in {room} */
    inRoom(values: { name: string | number; room: string | number }): string;
    /** Notifications */
    level(): string;
    /** Default: {level} */
    default(values: { level: string | number }): string;
    /** Every message */
    everything(): string;
    /** Mentions */
    mentions(): string;
    /** Nothing */
    nothing(): string;
    /** Muted */
    muted(): string;
    /** Its messages are not counted as unread. */
    mutedHint(): string;
    /** Notifications */
    notifications(): string;
    /** Notify me in rooms about */
    notifyMe(): string;
    /** Direct messages always notify you. You can change this for each room in its details. */
    notifyMeHint(): string;
    /** Quiet hours */
    quietHours(): string;
    /** From */
    quietFrom(): string;
    /** To */
    quietTo(): string;
    /** Time zone: {zone} */
    quietZone(values: { zone: string | number }): string;
    /** Use {zone} */
    quietZoneHere(values: { zone: string | number }): string;
    /** Choose two different times. */
    sameTimes(): string;
    /** Play a sound */
    sound(): string;
    /** Show notifications on this device while PartyChat is in the background */
    desktop(): string;
    /** Your browser blocks notifications from this site. Allow them in its site settings. */
    desktopDenied(): string;
    /** Notifications need a secure connection (https). */
    desktopInsecure(): string;
    /** This browser has no notifications. */
    desktopUnsupported(): string;
    /** A new version is ready. */
    newVersion(): string;
    /** Reload */
    reload(): string;
    /** Later */
    later(): string;
  };
  keys: {
    /** Keyboard shortcuts */
    title(): string;
    /** Everywhere */
    everywhere(): string;
    /** Search for rooms, people and messages */
    search(): string;
    /** Esc */
    escape(): string;
    /** Close what is open */
    escapeDoes(): string;
    /** A character */
    character(): string;
    /** Write in the open room */
    characterDoes(): string;
    /** Show this list, outside text fields */
    questionMark(): string;
    /** While writing */
    writing(): string;
    /** Enter */
    enter(): string;
    /** Send */
    enterDoes(): string;
    /** Shift Enter */
    shiftEnter(): string;
    /** Begin a new line */
    shiftEnterDoes(): string;
    /** Edit your last message, in an empty field */
    upDoes(): string;
    /** Mention someone */
    atDoes(): string;
    /** Insert an emoji by its name */
    colonDoes(): string;
    /** In the list of messages */
    reading(): string;
    /** Go to the previous or next message */
    upDownDoes(): string;
    /** Home End */
    homeEnd(): string;
    /** Go to the first or last loaded message */
    homeEndDoes(): string;
    /** Tab */
    tab(): string;
    /** Go to the actions on the message */
    tabDoes(): string;
  };
  person: {
    /** Person */
    person(): string;
    /** Message */
    message(): string;
    /** This is you. */
    thisIsYou(): string;
    /** Until {time} */
    until(values: { time: string | number }): string;
    /** My profile */
    myProfile(): string;
    /** Display name */
    displayName(): string;
    /** Shown instead of @{name}. Mentions still use @{name}. */
    nameHint(values: { name: string | number }): string;
    /** Status */
    status(): string;
    /** Choose an emoji */
    chooseEmoji(): string;
    /** Change the emoji {emoji} */
    changeEmoji(values: { emoji: string | number }): string;
    /** Clear status */
    clearStatus(): string;
    /** Ends */
    endsAt(): string;
    /** Never */
    never(): string;
    /** In 30 minutes */
    halfHour(): string;
    /** In an hour */
    hour(): string;
    /** In 4 hours */
    fourHours(): string;
    /** Today at midnight */
    today(): string;
    /** At the end of the week */
    thisWeek(): string;
    /** Save profile */
    save(): string;
    /** Your profile was saved. */
    saved(): string;
  };
};
