public import Commands
public import Nexus
internal import Restate

/// The flags that every command with the services has.
extension NexusSettings {
    public static let groups = [
        FlagGroup(
            "The shop:",
            [
                Flag(
                    toggle: "--sealed",
                    "a real sale: buyers can only book and look, there are no other seats, and sold "
                        + "out is sold out"),
                Flag(
                    "--seats", "S",
                    "which seats are for sale: a number, or a file with an id a line; needs --sealed",
                    standard: "seat-1 to seat-50"),
                OperatorToken.asked,
                Flag(
                    "--gateway-url", "U", "payment gateway, http://host:port or https://host",
                    standard: "one of its own, on the same port"),
                Flag(
                    "--smtp-url", "U",
                    "mail server, smtp://[user:password@]host[:port], for buyers whose id is an address",
                    standard: "mails are listed only, at \(Endpoint.outboxPath)", isSecret: true),
                Flag("--mail-from", "A", "who mails are from", standard: "nexus@localhost"),
            ]),
        FlagGroup(
            "To try things out:",
            [
                Flag("--hold", "T", "how long an unpaid seat is kept", standard: "15m"),
                Flag(
                    "--charge-time", "T", "how long its own gateway takes for a charge",
                    standard: "500ms"),
                Flag("--mail-time", "T", "how long a mail takes", standard: "200ms"),
                Flag(
                    "--mail-limit", "T",
                    "how long a buyer waits for the mail at most; then it is sent without the buyer",
                    standard: "2s"),
                Flag(
                    "--mail-failures", "N", "how many of the first tries to send a mail fail",
                    standard: "0"),
            ]),
    ]

    /// For commands that can keep the books of this process.
    static let dataFlag = Flag(
        "--data", "DIR",
        "keeps the gateway's ledger and the outbox in this folder, and goes on from there after a "
            + "restart", standard: "in memory")

    public init(_ arguments: Arguments, _ log: LogChoice) throws(UsageError) {
        self.init()
        self.log = log.bookings
        trouble = log.trouble
        operatorToken = try OperatorToken(arguments)
        house = try House(arguments)
        dataDirectory = arguments.text("--data")
        gatewayURL = try arguments.read("--gateway-url") { text throws(InvalidURL) in
            try GatewayURL(text)
        }
        mailServer = try arguments.read("--smtp-url") { text throws(InvalidSMTPURL) in
            try SMTPServer(text)
        }
        if let sender = arguments.text("--mail-from") {
            guard MailAddress.isOne(sender) else {
                throw UsageError(
                    "\(arguments.called("--mail-from")) must be an address of mail, not '\(sender)'."
                )
            }
            mailSender = sender
        }
        if let time = try arguments.duration("--hold") { holdTime = time }
        if let time = try arguments.duration("--charge-time") { chargeTime = time }
        if let time = try arguments.duration("--mail-time") { mailTime = time }
        if let time = try arguments.duration("--mail-limit") { mailTimeLimit = time }
        if let count = try arguments.number("--mail-failures", in: 0...1_000_000) {
            mailFailures = count
        }
    }
}

extension Arguments {
    /// A flag's value by a reader whose errors are sentences.
    fileprivate func read<Value, Failure: Error & CustomStringConvertible>(
        _ flag: String, _ read: (String) throws(Failure) -> Value
    ) throws(UsageError) -> Value? {
        guard let text = text(flag) else { return nil }
        do {
            return try read(text)
        } catch {
            throw UsageError(error.description)
        }
    }
}
