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
            name: "concurrent closures of runs", value: Bound.grouped(AttemptSettings.runThreads),
            setting: "`Endpoint.runThreads(_:)`", effect: "further ones wait"),
        Bound(
            name: "size of a value that is sent to the server",
            value: Bound.bytes(AttemptSettings.messageLimit),
            setting: "`Endpoint.messageSizeLimit(_:)`",
            effect: "the attempt fails, and its error names the operation"),
        Bound(
            name: "size of a message from the server",
            value: Bound.bytes(FrameDecoder.defaultLimit),
            setting: "`Endpoint.messageSizeLimit(_:)`, if twice that is more",
            effect: "the attempt fails"),
        Bound(
            name: "text of an error", value: Bound.bytes(ErrorText.limit),
            effect: "its middle is cut out"),
        Bound(
            name: "line of the log", value: Bound.bytes(LogRecord.messageLimit),
            effect: "its end is cut off"),
        Bound(
            name: "attributes of a span, and events of a span",
            value: Bound.grouped(ActiveSpan.limit),
            effect: "further ones are dropped"),
        Bound(
            name: "nesting of JSON",
            value: Bound.grouped(JSON.maximumDepth), effect: "decoding or encoding fails"),
        Bound(
            name: "levels of futures in futures", value: Bound.grouped(AwaitTree.depthLimit),
            effect: "the attempt fails"),
        Bound(
            name: "body of a request to your own route", value: Bound.bytes(Route.bodyLimit),
            setting: "`bodyLimit` of `Endpoint.route`", effect: "status 413"),
        Bound(
            name: "unread output of your own event stream",
            value: Bound.bytes(EventWriter.unreadLimit), effect: "the writer waits"),
    ]
}
