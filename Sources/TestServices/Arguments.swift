/// What the command line asks for.
struct Arguments {
    enum Task {
        case serve, measureMachine, help
    }

    /// A sentence about what is wrong with a command line.
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    static let usage = """
        Usage: test-services [options]

        Serves the services that the recorded journals and the measurements need.

          --host HOST         the name or address to listen on (all interfaces)
          --port PORT         the port, 0 for any free one ($PORT, else 9080)
          --loops NUMBER      event loops, one thread each (one per core)
          --measure-machine   measure codec and machine alone, and end
          --help              print this and end

        $SERVICES names the services to serve, separated by commas; unset or '*': all.
        With public keys in $E2E_REQUEST_SIGNING, separated by commas, only servers that sign their
        requests with one of them are served.
        """

    private(set) var task = Task.serve
    private(set) var host: String?
    private(set) var port = 9080
    private(set) var loops: Int?

    /// - Parameter port: what the environment says of the port, if anything.
    init(_ arguments: some Sequence<String>, port: String?) throws(Mistake) {
        if let port { self.port = try Self.number(port, of: "$PORT", in: 0...65535) }
        var rest = arguments.makeIterator()
        while let flag = rest.next() {
            switch flag {
            case "--help", "-h": task = .help
            case "--measure-machine": task = .measureMachine
            case "--host": host = try Self.value(rest.next(), of: flag)
            case "--port":
                self.port = try Self.number(
                    Self.value(rest.next(), of: flag), of: flag, in: 0...65535)
            case "--loops":
                loops = try Self.number(
                    Self.value(rest.next(), of: flag), of: flag, in: 1...1024)
            default: throw Mistake(description: "There is no option '\(flag)'; see --help.")
            }
        }
    }

    private static func value(_ next: String?, of flag: String) throws(Mistake) -> String {
        guard let next else { throw Mistake(description: "\(flag) needs a value; see --help.") }
        return next
    }

    private static func number(
        _ text: String, of flag: String, in range: ClosedRange<Int>
    ) throws(Mistake) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw Mistake(
                description: "\(flag) is a number from \(range.lowerBound) to "
                    + "\(range.upperBound), not '\(text)'.")
        }
        return number
    }
}
