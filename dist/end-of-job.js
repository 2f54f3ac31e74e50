process.argv[2]="end-of-job",await import("./index.js");export{};
