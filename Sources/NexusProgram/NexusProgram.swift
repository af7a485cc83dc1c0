internal import NexusCommand

/// The program `nexus`: all there is, with the local runtime.
@main
enum NexusProgram {
    static func main() async {
        let here: [any Subcommand.Type] = [Runtime.self, Scenarios.self, LoadCommand.self]
        await NexusCommand([Local.self] + NexusCommand.ofServers + here).main()
    }
}
