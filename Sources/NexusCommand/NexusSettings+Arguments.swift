internal import Commands
internal import Nexus

/// The flags that every command with the services has.
extension NexusSettings {
    static let flags = [
        "--gateway-url", "--hold", "--charge-time", "--mail-time", "--mail-failures",
    ]

    static let help = """

          --gateway-url U    payment gateway, http://host:port (one of its own, on the same port)

        To try things out:

          --hold T           how long an unpaid seat is kept (15m)
          --charge-time T    how long its own gateway takes for a charge (500ms)
          --mail-time T      how long a mail takes (200ms)
          --mail-failures N  how many of the first tries to send a mail fail (0)
        """

    init(_ arguments: Arguments) throws {
        self.init()
        if let text = arguments.text("--gateway-url") {
            do {
                gatewayURL = try GatewayURL(text)
            } catch {
                throw UsageError(error.description)
            }
        }
        if let time = try arguments.duration("--hold") { holdTime = time }
        if let time = try arguments.duration("--charge-time") { chargeTime = time }
        if let time = try arguments.duration("--mail-time") { mailTime = time }
        if let count = try arguments.number("--mail-failures", in: 0...1_000_000) {
            mailFailures = count
        }
    }
}
