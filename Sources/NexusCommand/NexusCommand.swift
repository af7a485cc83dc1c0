internal import Glibc
internal import Restate

/// The program `nexus`: one word says what it does.
@main
enum NexusCommand {
    static let help = """
        Nexus sells 50 seats to many people at once.

        usage: nexus [<command>] [flags]

          (none)     the services and a local runtime in one process: try it here
          serve      the services, for a Restate server
          gateway    the mock payment gateway alone
          scenarios  the scenario suite, here or against any Restate server

        'nexus <command> --help' tells a command's flags. Those without a command:

        """ + Local.help

    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        do {
            switch words.first {
            case "serve": try await Serve.run(words.dropFirst())
            case "gateway": try await Gateway.run(words.dropFirst())
            case "scenarios": try await Scenarios.run(words.dropFirst())
            case "--help", "-h", "help": say(help)
            case nil: try await Local.run(words)
            case let word? where word.hasPrefix("-"): try await Local.run(words)
            case let word?:
                throw UsageError(
                    "There is no command '\(word)'; there are serve, gateway and scenarios.")
            }
        } catch let error as UsageError {
            fail("\(error) 'nexus --help' tells more.", status: 2)
        } catch {
            fail("\(error).", status: 1)
        }
    }

    private static func fail(_ sentence: String, status: Int32) -> Never {
        write("nexus: \(sentence)\n", to: STDERR_FILENO)
        exit(status)
    }
}

/// Prints a line at once, also into a pipe: somebody may wait for it there.
func say(_ text: String) {
    write("\(text)\n", to: STDOUT_FILENO)
}

/// One call for the whole text, so that lines of several threads do not mix.
private func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes {
            Glibc.write(descriptor, $0.baseAddress, $0.count)
        }
        if count < 0 && errno != EINTR { return }
        written += max(count, 0)
    }
}
