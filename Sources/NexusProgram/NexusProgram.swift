internal import NexusCommand

/// The program `nexus`: all there is, with the local runtime.
@main
enum NexusProgram {
    static func main() async {
        await NexusCommand([Local.self] + NexusCommand.ofServers + [Scenarios.self]).main()
    }
}
