import RestateHTTP
import RestateMachine
import RestateProtocol

extension Endpoint {
    /// A table of the limits for what peers can make an endpoint spend, as the end of a program's
    /// `--help`. The guide says what happens beyond each limit, and which ones can be set.
    public static let bounds = Bound.help(
        ownBounds + HTTPLimits.bounds().map(\.value), local: false)

    /// The limits that apply in addition to those of every port.
    static let ownBounds = [
        Bound(
            name: "closures of runs at once", value: Bound.grouped(AttemptSettings.runThreads),
            setting: "`Endpoint.runThreads(_:)`", effect: "the next one waits"),
        Bound(
            name: "one value on its way to the server",
            value: Bound.bytes(AttemptSettings.messageLimit),
            setting: "`Endpoint.messageSizeLimit(_:)`",
            effect: "the attempt fails, and says which operation it was"),
        Bound(
            name: "one message from the server", value: Bound.bytes(FrameDecoder.defaultLimit),
            setting: "`Endpoint.messageSizeLimit(_:)`, if twice that is more",
            effect: "the attempt fails"),
        Bound(
            name: "the text of an error", value: Bound.bytes(ErrorText.limit),
            effect: "its middle is left out"),
        Bound(
            name: "one line of the log", value: Bound.bytes(LogRecord.messageLimit),
            effect: "its end is left out"),
        Bound(
            name: "attributes, and events, of a span", value: Bound.grouped(ActiveSpan.limit),
            effect: "they are dropped"),
        Bound(
            name: "arrays and objects in each other, in JSON",
            value: Bound.grouped(JSON.maximumDepth), effect: "it cannot be read, or written"),
        Bound(
            name: "a body for a route of your own", value: Bound.bytes(Route.bodyLimit),
            setting: "`bodyLimit` of `Endpoint.route`", effect: "413"),
        Bound(
            name: "unread bytes of an event stream of your own",
            value: Bound.bytes(EventWriter.unreadLimit), effect: "the writer waits"),
    ]
}
