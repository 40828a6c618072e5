#:project ../src/Zautograd.Display/Zautograd.Display.csproj

Console.WriteLine("hello");
